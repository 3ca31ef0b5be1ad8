"""Debian packages: installed or not, read from dpkg's own record; apt runs only when one is missing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

STATUS = Path("/var/lib/dpkg/status")
APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3")


def plan_packages(declared: list[str], _context: Context) -> Iterator[Item]:
    """Packages by name; the first one missing installs all that are, in one apt run.

    `a | b`, as in Debian's own dependencies, is in order with either, and without both `a` is installed.
    """
    there = installed() if declared else set()
    choices = [choice.split(" | ") for choice in declared]
    missing = sorted({names[0] for names in choices if there.isdisjoint(names)})
    for name in missing:
        act = partial(_install, missing) if name == missing[0] else _with_the_first
        yield Item(f"package {name}", "create", "isn't installed", act)


def installed() -> set[str]:
    """The names of the packages that dpkg has wholly installed."""
    found: set[str] = set()
    name = ""
    for line in STATUS.read_text(errors="replace").splitlines():
        if line.startswith("Package: "):
            name = line[9:]
        elif line.startswith("Status: ") and line.endswith(" ok installed"):
            found.add(name)
    return found


def _install(names: list[str]) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = [*APT, "install", "--no-install-recommends", *names]
    if run(install, timeout=900, check=False, env=quiet).code == 0:
        return
    run([*APT, "update"], timeout=300, env=quiet, check=False)
    ended = run(install, timeout=900, check=False, env=quiet)
    if ended.code:
        fix = f"on the node: apt-get install {' '.join(names)}"
        raise NodeError(f"Debian could not install {', '.join(names)}", why=ended.last, fix=fix)


def _with_the_first() -> None:
    """Installed by the run of the first missing package."""
