"""Packages of the system's own: installed or not, by its own record; its manager runs only when one is missing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import managers
from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context


def plan_packages(declared: list[str], _context: Context) -> Iterator[Item]:
    """Packages by their names on this system; the first one missing installs all that are, in one run.

    `a | b`, as in Debian's own dependencies, is in order with either, and without both `a` is installed.
    """
    if not declared:
        return
    manager = managers.find()
    there = manager.installed()
    choices = [choice.split(" | ") for choice in declared]
    missing = sorted({names[0] for names in choices if there.isdisjoint(names)})
    for name in missing:
        act = partial(manager.bring, missing) if name == missing[0] else _with_the_first
        yield Item(f"package {name}", "create", "isn't installed", act)


def _with_the_first() -> None:
    """Installed by the run of the first missing package."""
