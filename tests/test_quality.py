"""The project's own rules, held by tools: style, types, import direction, Ansible content, duplicates of the truth."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

TOOLS = {
    "ruff check": ["ruff", "check", "--no-cache", "."],
    "ruff format": ["ruff", "format", "--no-cache", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-cache"],
    "ansible-lint": ["ansible-lint", "--offline", "--strict", "playbooks"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_finds_nothing(tool):
    name, *arguments = TOOLS[tool]
    environment = {
        "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(Path.home()),
        "NO_COLOR": "1",
    }

    ended = subprocess.run(
        [BIN / name, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-6000:]


def test_modules_stay_small():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("mecctl", "stacks", "sliceagent", "guard", "nameserver", "machine", "gate", "playbooks")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 300
    }

    assert long == {}
