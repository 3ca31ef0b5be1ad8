"""Where the files that mecctl runs rather than imports are: playbooks, stacks, lab recipes."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"


def resource(name: str) -> Path:
    """Return a folder (`playbooks`, `stacks`, `lab`, what clusters are shipped): in the wheel, or beside mecctl/."""
    return (_INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent) / name
