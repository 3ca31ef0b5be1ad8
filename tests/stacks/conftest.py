"""Fixtures of the programs' tests."""

import asyncio
from functools import cache

import pytest


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return one loop for all: Pulumi's mocks leave things in its threads that are only tidy while it lives."""
    return asyncio.new_event_loop()


@pytest.fixture(autouse=True)
def _current_event_loop() -> None:
    """Make a loop current, as Pulumi's mocks expect and the engine's tests before may have undone."""
    asyncio.set_event_loop(_loop())
