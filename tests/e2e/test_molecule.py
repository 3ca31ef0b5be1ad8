"""Molecule's scenarios: the real playbook on lab nodes, checked, converged, idempotent, verified from outside."""

import os
import subprocess

import pytest

from tests.support.live import MECCTL, ROOT

pytestmark = pytest.mark.e2e

BIN = MECCTL.parent


def test_default():
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}

    ended = subprocess.run(
        [BIN / "molecule", "test", "--scenario-name", "default"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-6000:]
