"""Which flows the probe makes, and what became of one: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mecctl.model.guarantee import BOUNDS, WAYS, rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mecctl.model import Site, Slice
    from mecctl.model.guarantee import Way

Order = dict[str, Any]
Phase = Literal["alone", "together"]

ALONE, TOGETHER, IDLE, LOADED = 4, 4, 2, 2
"""Seconds of a slice's flow alone, of all flows at once, and of round trips without and with load."""
OFFER = 2
"""How many times its maximum a slice is offered: enough to see it exceeded, without filling the site's network."""


@dataclass(frozen=True)
class Promise:
    """What a slice declares for one direction, in bits per second; `maximum` holds for one pod alone, too."""

    slice: str
    direction: Way
    guaranteed: int | None
    maximum: int | None


@dataclass(frozen=True)
class Flow:
    """What a receiver counted: bits per second of IP packets in each full second, from the first byte on.

    `node` is the slice's pod's, `peer` the other side's. `fault` says why nothing was counted.
    """

    rates: tuple[float, ...] = ()
    node: str = ""
    peer: str = ""
    fault: str = ""

    @property
    def mean(self) -> float:
        """The rate over all its seconds."""
        return sum(self.rates) / len(self.rates) if self.rates else 0.0


def promises(site: Site) -> tuple[Promise, ...]:
    """Return what all slices declare, a slice's directions one after the other."""
    return tuple(one for part in site.slices for one in _promises(part))


def _promises(part: Slice) -> Iterator[Promise]:
    for direction in WAYS:
        guaranteed, maximum, per_pod = (rate(part, direction, bound) for bound in BOUNDS)
        # One pod of a slice has no more than a pod may have, whatever the slice's maximum.
        limits = [limit for limit in (maximum, per_pod) if limit is not None]
        if limits or guaranteed:
            yield Promise(part.name, direction, guaranteed, min(limits, default=None))


def alone(promise: Promise) -> Order:
    """Return the order of a pod that fills one direction by itself, from its first moment."""
    return {"id": "alone", "do": promise.direction, "seconds": ALONE, "rate": _offer(promise)}


def together(site: Site) -> dict[str, list[Order]]:
    """Return the orders of each slice's pod while all fill a direction at once; slices without rates fill it, too."""
    declared = {(one.slice, one.direction): one for one in promises(site)}
    used = [direction for direction in WAYS if any(one.direction == direction for one in declared.values())]
    return {
        part.name: [
            {
                **_meeting(direction, len(site.slices)),
                "do": direction,
                "seconds": TOGETHER,
                "rate": _offer(declared.get((part.name, direction))),
            }
            for direction in used
        ]
        for part in site.slices
    }


def round_trips(site: Site) -> dict[str, list[Order]]:
    """Return the orders of each slice's pod: all idle at once, then each in turn while the others fill the network."""
    names = [part.name for part in site.slices]
    rates = {(one.slice, one.direction): _offer(one) for one in promises(site)}
    orders: dict[str, list[Order]] = {
        name: [{**_meeting("idle", len(names)), "do": "latency", **_after_a_start(IDLE)}] for name in names
    }
    for turn in names if len(names) > 1 else ():
        meeting = _meeting(f"loaded-{turn}", len(names))
        for name in names:
            ways = {direction: rates.get((name, direction)) for direction in WAYS}
            load = {"do": "both", "seconds": LOADED, "rates": ways}
            orders[name].append({**meeting, **({"do": "latency", **_after_a_start(LOADED)} if name == turn else load)})
    return orders


def flow(result: Mapping[str, Any]) -> Flow:
    """Return what an agent's result says.

    Rates are of whole IP packets: payload is what the receiver counted, and each full packet of it had its headers.
    """
    node, peer = str(result.get("node", "")), str(result.get("peer", ""))
    if "windows" not in result:
        return Flow((), node, peer, fault=str(result.get("error", "the probe's pod said nothing")))
    whole = (result["mss"] + result["header"]) / result["mss"]
    return Flow(tuple(8 * size * whole for size in result["windows"]), node, peer)


def result_of(results: Sequence[Mapping[str, Any]], order: str) -> Mapping[str, Any]:
    """Return an order's result among all that an agent printed; empty where there is none."""
    return next((one for one in results if one.get("id") == order), {})


def _meeting(name: str, count: int) -> Order:
    return {"id": name, "meet": name, "count": count}


def _after_a_start(seconds: float) -> Order:
    """Let what starts at the same time get going first."""
    return {"seconds": seconds - 0.5, "after": 0.5}


def _offer(promise: Promise | None) -> int | None:
    return promise.maximum * OFFER if promise and promise.maximum else None
