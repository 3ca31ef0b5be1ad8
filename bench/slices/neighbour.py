"""A slice that stays within its guarantee, alone and beside slices that fill both directions."""

from __future__ import annotations

import time
from collections.abc import Mapping

from bench.slices.ground import Ground, Object, Result, Row, guaranteed, share
from mecctl.probe.actors import NAMESPACE
from mecctl.probe.flows import flow, result_of

RATE_OF_GUARANTEE, SIZE = 0.95, 1200
SECONDS, FLOOD, SETTLE = 10, 20, 3


def measure(ground: Ground, _: int) -> Result:
    steady = next(part for part in ground.shaped if guaranteed(part))
    peers = ground.peers()
    # On the other node than the slice's pods, as the peer of the floods is.
    (sink,) = ground.start([ground.python("peer", "sink", NAMESPACE, {}, ground.nodes()[-1])])
    words = {
        "to": sink["status"]["podIP"],
        "bytes": SIZE,
        "rate": guaranteed(steady) * RATE_OF_GUARANTEE,
        "seconds": SECONDS + FLOOD + 25,
    }
    (sender,) = ground.start([ground.python("agent", "steady", steady.namespace, words)])
    begun = ground.results(sender, "begun")[0]["begun"]
    _until(begun + 2 + SECONDS)
    alone = _window(begun + 2)
    loud = (ground.plain, ground.shaped[-1])
    fill = {"id": "flood", "do": "both", "seconds": FLOOD, "rates": {"downlink": None, "uplink": None}}
    floods = ground.start([ground.agent(part.namespace, {"peers": peers, "orders": [fill]}) for part in loud])
    beside = _window(time.time() + SETTLE)
    said = ground.all_results(floods, within=FLOOD + 30)
    sent = ground.results(sender, within=FLOOD + 60)[-1]
    seen = ground.results(sink, within=15)[-1]
    rows = [_row(name, window, sent["sent"], seen["seen"]) for name, window in (("alone", alone), ("flood", beside))]
    for part, results in zip(loud, said, strict=True):
        found = result_of(results, "flood")
        ways = {way: flow(found.get(way, {})).mean / 1e6 for way in ("downlink", "uplink")}
        rows.append({"what": f"flood of {part.name}", **{f"{way} Mbit/s": rate for way, rate in ways.items()}})
    return {"rows": rows, "refused": sent["refused"], "overrun": seen["overrun"], "sent": sent, "seen": seen}


def _window(begin: float) -> list[str]:
    """The whole seconds of one measurement, as the pods name them."""
    return [str(second) for second in range(int(begin) + 1, int(begin) + 1 + SECONDS)]


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment + 1.5 - time.time()))


def _row(name: str, window: list[str], sent: Mapping[str, int], seen: Object) -> Row:
    counts = [sum(found.get(second, 0) for second in window) for found in (sent, seen)]
    rate = counts[0] * (SIZE + 28) * 8 / SECONDS / 1e6
    return {
        "what": f"{name}, {rate:.1f} Mbit/s",
        "sent": counts[0],
        "seen": counts[1],
        "lost": counts[0] - counts[1],
        "share": share(counts[0] - counts[1], counts[0]),
    }
