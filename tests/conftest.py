"""What holds for every test."""

import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def _interruptible():
    """A shell starts background jobs with SIGINT ignored, and what they start inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
