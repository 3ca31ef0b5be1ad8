"""Runs a scenario of Molecule's as a developer does."""

from __future__ import annotations

import os
import subprocess

from tests.support.live import MECCTL, ROOT

_BIN = MECCTL.parent


def passes(scenario: str, timeout: float = 900) -> None:
    """Run all of a scenario; fails with the last of what it said."""
    environment = {**os.environ, "PATH": f"{_BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}
    ended = subprocess.run(
        [_BIN / "molecule", "test", "--scenario-name", scenario],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-6000:]
