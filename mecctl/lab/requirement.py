"""One thing a lab needs of this machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Requirement:
    """One thing a lab needs: whether it is there, what was found, and the command that mends it (empty when fine)."""

    name: str
    ok: bool
    what: str
    fix: str = ""


def program(name: str, package: str) -> Requirement:
    """Look for a program, which a package of Debian's brings."""
    path = shutil.which(name)
    if path:
        return Requirement(name, ok=True, what=path)
    return Requirement(name, ok=False, what="isn't installed", fix=f"sudo apt-get install {package}")
