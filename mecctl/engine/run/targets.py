"""Which resources a run is about, when it isn't about the whole stack.

The rules are Pulumi's `--target` and `--target-dependents` (pulumi/pulumi pkg/resource/deploy: deployment.go,
UrnTargets, and step_generator.go). Two things differ: a target may be the plain name that the program gave, and a
component needs no target of its own for what is in it, since it has no object that could change.
"""

from __future__ import annotations

import difflib
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mecctl.engine.objects.urn import name as name_of
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.state import Resource

_NEAR = 3  # suggestions


@dataclass(frozen=True)
class Targets:
    """URNs, or names in the program; `*` stands for anything up to the next `:`, `**` for anything.

    None at all means the whole stack. With `dependents`, what depends on a target is a target too.
    """

    patterns: tuple[str, ...] = ()
    dependents: bool = False

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def names(self, urn: str) -> bool:
        """Whether a URN is meant by one of the patterns."""
        return any(_fits(pattern, urn) for pattern in self.patterns)

    def among(self, resources: Iterable[Resource]) -> set[str]:
        """Return the URNs of resources in state that are meant."""
        every = list(resources)
        found = {one.urn for one in every if not self or self.names(one.urn)}
        if not self.dependents:
            return found
        while more := {one.urn for one in every if not found.isdisjoint(one.needs())} - found:
            found |= more
        return found

    def check(self, urns: Collection[str]) -> None:
        """Raise MecctlError for a pattern that none of `urns` fits, with the names nearest to it."""
        for pattern in self.patterns:
            if not any(_fits(pattern, urn) for urn in urns):
                known = urns if _is_urn(pattern) else sorted({name_of(urn) for urn in urns})
                near = difflib.get_close_matches(pattern, known, _NEAR)
                raise MecctlError(
                    f"the target {pattern!r} is neither in the program nor in the stack",
                    why=f"near it there is: {', '.join(near)}" if near else None,
                    fix="name a resource by its name in the program or by its URN; `*` and `**` may stand for parts",
                )

    def check_left(self, doomed: set[str], resources: Iterable[Resource]) -> None:
        """Raise MecctlError when something that stays needs one of `doomed`."""
        for one in resources:
            if one.urn not in doomed and not doomed.isdisjoint(one.needs()):
                gone = sorted(name_of(urn) for urn in doomed.intersection(one.needs()))
                raise MecctlError(
                    f"{', '.join(gone)} would be deleted, but {one.type} {one.name} needs it and is no target",
                    fix=f"make {one.name} a target too, or all that depends on the targets",
                )


ALL = Targets()


class Selection:
    """What one run takes on of what a program registers; safe between threads."""

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
        self._lock = threading.Lock()
        self._meant: set[str] = set()
        self._left_out: set[str] = set()

    def takes(self, goal: Goal) -> bool:
        """Whether a registration is to be carried out. Raises MecctlError when it needs what was left out."""
        if not self.targets:
            return True
        with self._lock:
            lacking = goal.needs() & self._left_out
            meant = self.targets.names(goal.urn)
            meant = meant or (self.targets.dependents and not goal.needs().isdisjoint(self._meant))
            if meant:
                self._meant.add(goal.urn)
        if lacking and meant:
            names = ", ".join(sorted(name_of(urn) for urn in lacking))
            raise MecctlError(f"it needs {names}, which isn't there yet and is no target", fix="make that a target too")
        implied = not goal.custom or goal.type.startswith("pulumi:providers:")
        return meant or (implied and not lacking)

    def leave_out(self, urn: str) -> None:
        """Note that a resource is neither carried out nor there from an earlier run."""
        with self._lock:
            self._left_out.add(urn)


def _is_urn(pattern: str) -> bool:
    return "::" in pattern or pattern.startswith("**")


def _fits(pattern: str, urn: str) -> bool:
    return bool(_compiled(pattern).fullmatch(urn if _is_urn(pattern) else name_of(urn)))


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    spans = [[re.escape(part) for part in span.split("*")] for span in pattern.split("**")]
    return re.compile(".*".join("[^:]*".join(span) for span in spans), re.DOTALL)
