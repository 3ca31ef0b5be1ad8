"""What leaves a stack: what its program no longer has, what was replaced, and all of it in the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mecctl.engine.run.targets import Targets
    from mecctl.engine.state import Resource, StackState

_DROPPED = "is no longer in the program"
_REPLACED = "was replaced by an earlier run"


class Leaving:
    """Compares a state, as it was when the run began and as it is, with what the run has taken on."""

    def __init__(self, state: StackState, targets: Targets) -> None:
        self._state, self._targets = state, targets
        self._old = state.resources
        self._leftovers = state.condemned

    def doomed(self) -> list[Resource]:
        """Return what of the state is to be destroyed. Raises MecctlError like `dropped`."""
        every = self._everything()
        meant = self._targets.among(every) - self._held(every)
        self._targets.check({one.urn for one in every})
        self._targets.check_left(meant, every)
        return [one for one in every if one.urn in meant]

    def dropped(self, claimed: set[str], kept: set[str], done: Iterable[Resource]) -> list[tuple[Resource, str | None]]:
        """Return what the state has and the program no longer asks for, and why.

        `claimed` are the URNs that the program has, `kept` all that stay, by the names of the state; `done` is what
        came of them. What this run replaced goes without a reason: it is a part of a change that is told already.
        Raises MecctlError for a target that isn't anywhere, and when what stays, being no target, needs any of it.
        """
        self._targets.check({*self._old, *claimed})
        meant = self._targets.among(self._everything())
        gone = [one for key, one in self._old.items() if key not in kept and key in meant]
        if self._targets:
            self._targets.check_left({one.urn for one in gone}, self._state.resources.values())
        earlier = {one.key for one in self._leftovers}
        replaced = [
            (one, _REPLACED if one.key in earlier else None)
            for one in self._state.condemned
            if one.key not in earlier or one.urn in meant
        ]
        uids = {one.uid for one in done if one.has_object and not one.is_patch} - {None}
        return [*(_let_go(one, uids) for one in gone), *replaced]

    def _held(self, every: list[Resource]) -> set[str]:
        """Return the URNs of what has to stay for objects of which nobody knows yet whether they are there."""
        held: set[str] = set()
        more = {urn_ for one in self._state.pending for urn_ in one.needs()}
        while more:
            held |= more
            more = {urn_ for one in every if one.urn in more for urn_ in one.needs()} - held
        return held

    def _everything(self) -> list[Resource]:
        return [*self._old.values(), *self._leftovers]


def _let_go(one: Resource, uids: Collection[str | None]) -> tuple[Resource, str | None]:
    """Return a dropped resource with the reason to tell; one whose object is another resource's now leaves it."""
    if one.uid in uids and one.has_object and not one.is_patch:
        return replace(one, retain_on_delete=True), None
    return one, _DROPPED
