"""The order of a checkpoint: what a resource needs stands before it.

Pulumi refuses any other (pulumi/pulumi pkg/resource/stack/snapshot/integrity.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.engine.state.resource import Resource


def ordered(resources: Iterable[Resource]) -> list[Resource]:
    """Return resources with what they need first, else in the order given; references to what isn't there are cut."""
    every = list(resources)
    by_urn: dict[str, list[Resource]] = {}
    for one in every:
        by_urn.setdefault(one.urn, []).append(one)
    placed: dict[tuple[str, str], Resource] = {}
    for start in every:
        _place(start, by_urn, placed)
    return list(placed.values())


def _place(start: Resource, by_urn: dict[str, list[Resource]], placed: dict[tuple[str, str], Resource]) -> None:
    # A loop with a stack of its own: dependency chains may be longer than Python's.
    waiting, entered = [start], set[tuple[str, str]]()
    while waiting:
        one = waiting[-1]
        before = [
            other
            for urn in one.needs()
            for other in by_urn.get(urn, ())
            if urn != one.urn and other.key not in placed and other.key not in entered
        ]
        if before and one.key not in placed:
            entered.add(one.key)
            waiting.extend(reversed(before))
            continue
        waiting.pop()
        if one.key not in placed:
            placed[one.key] = one.without({urn for urn in one.needs() if urn not in by_urn})
