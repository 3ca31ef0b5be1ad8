"""Fresh pods that send TCP at full speed to a peer outside of the slices; the receiver counts from the first byte."""

from __future__ import annotations

import statistics

from bench.slices.ground import Ground, Object, Result, Row, maximum, quantile, share
from mecctl.probe.actors import NAMESPACE
from mecctl.probe.flows import Flow, flow, result_of

SECONDS, PATIENCE = 3, 45.0
LOW, HIGH = 0.95, 1.02
_CEILING_EVERY = 9


def order(seconds: int = SECONDS) -> Object:
    return {"id": "alone", "do": "downlink", "seconds": seconds, "rate": None}


def measure(ground: Ground, starts: int) -> Result:
    words = {"peers": ground.peers(), "orders": [order()]}
    shares: dict[str, list[list[float]]] = {part.name: [] for part in ground.shaped}
    ceilings: list[list[float]] = []
    faults: list[str] = []
    for number in range(starts):
        part = ground.shaped[number % len(ground.shaped)]
        got = _one(ground, ground.agent(part.namespace, words))
        if len(got.rates) < SECONDS:
            faults.append(f"{part.name}: {got.fault or got.rates}")
        else:
            shares[part.name].append([rate / maximum(part) for rate in got.rates])
        if number % _CEILING_EVERY == 0:
            # The same path without rates, on the same node.
            ceilings.append(list(_one(ground, ground.agent(NAMESPACE, words, got.node or ground.nodes()[0])).rates))
    rows = [row(f"{part.name}, {maximum(part) / 1e6:g} Mbit/s", shares[part.name]) for part in ground.shaped]
    rows.append(row("all", [one for runs in shares.values() for one in runs]))
    path = [rate / 1e9 for run in ceilings for rate in run]
    spread = {"min": min(path), "median": statistics.median(path), "max": max(path)} if path else {}
    rows.append({"pods of": "no slice, in Gbit/s", "starts": len(ceilings), "windows": len(path), **spread})
    return {"rows": rows, "shares": shares, "ceilings": ceilings, "faults": faults}


def row(name: str, runs: list[list[float]]) -> Row:
    """All windows of some starts, and the first ones by themselves."""
    windows, firsts = [one for run in runs for one in run], [run[0] for run in runs if run]
    return {
        "pods of": name,
        "starts": len(runs),
        "windows": len(windows),
        **_spread("", windows),
        **_spread("first ", firsts),
    }


def _spread(prefix: str, values: list[float]) -> Row:
    within = share(sum(LOW <= one <= HIGH for one in values), len(values))
    found = {"within": within, "min": quantile(values, 0), "median": quantile(values, 0.5), "max": quantile(values, 1)}
    return {f"{prefix}{key}": value for key, value in found.items()}


def _one(ground: Ground, pod: Object) -> Flow:
    (started,) = ground.start([pod])
    results = ground.results(started, within=SECONDS + PATIENCE)
    ground.remove([started])
    return flow(result_of(results, "alone"))
