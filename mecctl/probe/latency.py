"""What round trips prove of the delay that slices declare: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mecctl.model import Slice

PERCENTILES = (50, 95, 99)
JUDGED = 99
"""The percentile that a declared budget is held against."""


def latency_checks(part: Slice, load: str, result: Mapping[str, Any]) -> Iterator[Check]:
    """Yield a check for each percentile of a slice's round trips; `load` is `without load` or `with load`.

    Only the judged one is held against a budget: half of the round trip against the delay of one way. Where the two
    ways have different budgets, against their mean: a round trip of more than both together has broken one.
    """
    budget = _budget(part)
    times = [*result.get("times", ()), *[float("inf")] * int(result.get("lost", 0))]
    path = f", {result['node']} - {result['peer']}" if result.get("node") else ""
    for percent in PERCENTILES:
        judged = percent == JUDGED and budget is not None
        one_way = percentile(times, percent) / 2 if times else None
        ok = bool(times) and (not judged or (one_way or 0.0) <= (budget or 0.0))
        declared = f"{budget:g}" if judged else ""
        measured = _said(one_way, result)
        yield Check("latency", part.name, f"p{percent} one way, {load}{path}", declared, measured, "ms", ok)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest of the values that `percent` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _budget(part: Slice) -> float | None:
    """Return the delay of one way in milliseconds."""
    ways = (part.latency.downlink, part.latency.uplink) if part.latency else ()
    declared = [way / 10**6 for way in ways if way is not None]
    return sum(declared) / len(declared) if declared else None


def _said(one_way: float | None, result: Mapping[str, Any]) -> str:
    if one_way is None:
        return f"no result: {result.get('error', 'nothing came back')}"
    return "lost" if one_way == float("inf") else f"{one_way:.3g}"
