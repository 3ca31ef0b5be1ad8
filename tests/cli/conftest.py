"""Fixtures of the commands' tests."""

from __future__ import annotations

from tests.engine.conftest import case
from tests.support.apiserver import api_server

__all__ = ["api_server", "case"]
