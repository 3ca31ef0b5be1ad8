"""What the tries across the walls prove: pure, so that no proof can hold for the wrong reason unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from mecctl.probe.crossings import Crossing


@dataclass(frozen=True)
class _Evidence:
    """What has answered anybody, who has reached anything, and the address that may answer nobody."""

    answering: Set[tuple[str, str, int]]
    connected: Set[str]
    world: str

    def missing(self, one: Crossing) -> str:
        """Say why a refusal would prove nothing, empty if it does."""
        if one.source not in self.connected:
            return ", proves nothing: its pod reaches nothing at all"
        if _target(one) in self.answering:
            return ""
        return "" if one.host == self.world else ", proves nothing: it answers nobody else either"


def judge(tried: Sequence[Crossing], got: Mapping[int, str], seen: Set[int], world: str) -> tuple[Check, ...]:
    """Return a check for each promise among `tried`.

    `got` is what came of each by its index, `seen` whose packets a listener saw: a packet that arrived has got through,
    whatever its sender heard. That nothing came through counts only if the same target answered somebody in the same
    run and the source could reach something. Only `world`, an address outside of the site, may answer nobody: then
    nothing of the site gets there, the slice included.
    """
    through = [index in seen or got.get(index) == "answered" for index, _ in enumerate(tried)]
    wanted = [one for one, passed in zip(tried, through, strict=True) if passed and one.open is not False]
    evidence = _Evidence({_target(one) for one in wanted}, {one.source for one in wanted}, world)
    return tuple(
        _check(one, _said(one, got.get(index), seen=index in seen), evidence, through=through[index])
        for index, one in enumerate(tried)
        if one.open is not None
    )


def _target(one: Crossing) -> tuple[str, str, int]:
    return one.how, one.host, one.port


def _check(one: Crossing, said: str, evidence: _Evidence, *, through: bool) -> Check:
    missing = "" if one.open or through else evidence.missing(one)
    ok = through if one.open else not (through or missing or said in _UNTRIED)
    return Check("isolation", one.slice, one.peer, "open" if one.open else "closed", f"{said}{missing}", "", ok)


_NOTHING, _SILENT = "nothing of it runs", "no result"
_UNTRIED = {_NOTHING, _SILENT}


def _said(one: Crossing, got: str | None, *, seen: bool) -> str:
    if not one.host:
        return _NOTHING
    if seen:
        return "seen by the receiver"
    return got or _SILENT
