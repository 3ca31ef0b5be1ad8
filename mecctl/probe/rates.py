"""What the flows prove of the rates that slices declare: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.quantity import format_bit_rate
from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.probe.flows import Flow, Promise

LOW, HIGH = 0.95, 1.02
"""Shares of the maximum that every second of a flow alone lies between."""
HELD = 0.99
"""Share of the guaranteed rate that a flow has at least on average while all slices send at once."""
NEAR = 0.5
"""Share of what the unshaped path gives that a flow has at least where its maximum is more than that."""


def short(promise: Promise, alone: Flow) -> bool:
    """Whether a flow alone stayed under what it should reach, so that it matters what the path itself gives."""
    least = LOW * promise.maximum if promise.maximum else HELD * (promise.guaranteed or 0)
    return bool(alone.rates) and min(alone.rates) < least


def alone_checks(promise: Promise, alone: Flow, ceiling: Flow | None) -> Iterator[Check]:
    """Yield the check of a slice's flow by itself; `ceiling` is an unshaped flow on the same path, if one was made."""
    if promise.maximum is not None:
        yield _maximum(promise, alone, ceiling)
    elif promise.guaranteed is not None:
        floor = HELD * min(promise.guaranteed, ceiling.mean if ceiling and ceiling.rates else promise.guaranteed)
        held = bool(alone.rates) and alone.mean >= floor
        yield _check(promise, f"{promise.direction} alone, guaranteed", promise.guaranteed, alone, alone.mean, ok=held)


def together_checks(promise: Promise, together: Flow, offered: float) -> Iterator[Check]:
    """Yield the checks of a slice's flow beside all others; `offered` is what the slice has by itself."""
    where = f"{promise.direction} with all slices"
    if promise.guaranteed is not None:
        held = bool(together.rates) and together.mean >= HELD * min(promise.guaranteed, offered)
        yield _check(promise, f"{where}, guaranteed", promise.guaranteed, together, together.mean, ok=held)
    if promise.maximum is not None:
        top = max(together.rates, default=0.0)
        kept = bool(together.rates) and top <= HIGH * promise.maximum
        yield _check(promise, f"{where}, maximum", promise.maximum, together, top, ok=kept)


def _maximum(promise: Promise, alone: Flow, ceiling: Flow | None) -> Check:
    maximum = promise.maximum or 0
    low, high = min(alone.rates, default=0.0), max(alone.rates, default=0.0)
    ok = bool(alone.rates) and low >= LOW * maximum and high <= HIGH * maximum
    worst = high if high > HIGH * maximum else low if low < LOW * maximum else alone.mean
    note = ""
    if ceiling and ceiling.rates and ceiling.mean < maximum:
        note = f" (unshaped, the path gives {_figure(ceiling.mean, _unit(maximum))})"
        ok = bool(alone.rates) and high <= HIGH * maximum and alone.mean >= NEAR * ceiling.mean
        worst = alone.mean
    return _check(promise, f"{promise.direction} alone, maximum", maximum, alone, worst, ok=ok, note=note)


def _check(
    promise: Promise, what: str, declared: int, flow: Flow, measured: float, *, ok: bool, note: str = ""
) -> Check:
    unit = _unit(declared)
    path = f", {flow.node} - {flow.peer}" if flow.node else ""
    said = f"no result: {flow.fault}" if flow.fault else f"{_figure(measured, unit)}{note}"
    if not flow.fault and not flow.rates:
        said = "no full second of traffic"
    figure = format_bit_rate(declared).removesuffix(unit)
    return Check("rate", promise.slice, f"{what}{path}", figure, said, unit, ok)


_SIZES = {"bps": 1, "Kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9, "Tbps": 10**12}


def _unit(bits: int) -> str:
    """Return the unit that a declared rate is written in."""
    return format_bit_rate(bits).lstrip("0123456789")


def _figure(bits: float, unit: str) -> str:
    return f"{bits / _SIZES[unit]:.4g}" if bits < 1000 * _SIZES[unit] else f"{bits / _SIZES[unit]:.0f}"
