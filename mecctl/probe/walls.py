"""What the tries across the walls prove: pure, so that no proof can hold for the wrong reason unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from mecctl.probe.crossings import Crossing

Target = tuple[str, str, int]


def judge(tried: Sequence[Crossing], got: Mapping[int, str], seen: Set[int], world: str) -> tuple[Check, ...]:
    """Return a check for each promise among `tried`.

    `got` is what came of each by its index, `seen` whose packets a listener saw: a packet that arrived has got through,
    whatever its sender heard. That nothing came through counts only if the same target answered somebody in the same
    run and the source could reach something. `world` is the address outside of the site, which may answer nobody.
    """
    through = [index in seen or got.get(index) == "answered" for index, _ in enumerate(tried)]
    wanted = [one for one, passed in zip(tried, through, strict=True) if passed and one.open is not False]
    answering, connected = {_target(one) for one in wanted}, {one.source for one in wanted}
    checks = []
    for index, one in enumerate(tried):
        if one.open is None:
            continue
        vacuous = _vacuous(one, answering, connected)
        alone = not one.open and one.host == world and one.source in connected and bool(vacuous)
        said = "seen by the receiver" if index in seen else _said(one, got.get(index), through[index])
        note = " (it answers nobody on the site)" if alone else f", {vacuous}" if vacuous and not one.open else ""
        measured = said if through[index] else f"{said}{note}"
        held = through[index] if one.open else _closed(one, got.get(index)) and not through[index]
        ok = held and (one.open or not vacuous or alone)
        checks.append(Check("isolation", one.slice, one.peer, "open" if one.open else "closed", measured, "", ok))
    return tuple(checks)


def _target(one: Crossing) -> Target:
    return one.how, one.host, one.port


def _closed(one: Crossing, got: str | None) -> bool:
    return bool(one.host) and got is not None


def _vacuous(one: Crossing, answering: Set[Target], connected: Set[str]) -> str:
    """Say why a refusal would prove nothing, empty if it does."""
    if _target(one) not in answering:
        return "proves nothing: it answers nobody else either"
    return "" if one.source in connected else "proves nothing: its pod reaches nothing at all"


def _said(one: Crossing, got: str | None, passed: bool) -> str:
    if not one.host:
        return "nothing of it runs"
    if got is None:
        return "no result"
    return "open" if passed else got
