"""Fixtures of the commands' tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine.conftest import case
from tests.support.apiserver import api_server

__all__ = ["api_server", "case"]

LAB = Path(__file__).parents[2] / "inventories" / "lab"


@pytest.fixture
def site(tmp_path):
    """A copy of the lab's site folder, without what a lab that is up keeps there."""
    folder = tmp_path / "lab"
    shutil.copytree(LAB, folder, ignore=shutil.ignore_patterns(".mecctl"))
    return folder
