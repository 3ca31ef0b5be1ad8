"""Fixtures of the engine's tests."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.support.apiserver import ApiServer, api_server
from tests.support.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["api_server"]


@pytest.fixture
def case(tmp_path: Path, api_server: ApiServer) -> Iterator[Case]:
    """A program's folder, and a namespace of its own on the real API."""
    with api_server.client() as client:
        yield Case(tmp_path, api_server.kubeconfig, client, f"test-{uuid.uuid4().hex[:8]}")
