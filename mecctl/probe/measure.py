"""Measures rates and delays by real traffic between the slices' pods and peers outside of the slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine.readiness.verdict import condition
from mecctl.plan.series import Series
from mecctl.probe.actors import NAMESPACE, actor, opening
from mecctl.probe.flows import (
    ALONE,
    IDLE,
    LOADED,
    TOGETHER,
    Flow,
    alone,
    flow,
    promises,
    result_of,
    round_trips,
    together,
)
from mecctl.probe.latency import latency_checks
from mecctl.probe.packets import size_checks, sizes
from mecctl.probe.rates import alone_checks, short, together_checks
from mecctl.probe.room import cpu_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.plan.check import Check
    from mecctl.probe.flows import Order, Phase, Promise
    from mecctl.probe.stage import Stage

Object = dict[str, Any]
Measured = tuple[list["Check"], list[Series]]

PATIENCE = 12.0
"""Seconds that a pod waits for one packet's answer."""
START = 45.0
"""Seconds that a started agent gets beside its traffic: to be let out, and for the other slices' to come."""


class Measuring:
    """The peers, the ways to them, and the agents that are sent there."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._places = {part.name: part.namespace for part in stage.site.slices}
        pods = [actor(stage.site, "peer", NAMESPACE, {}, cpu=0, node=node) for node in _nodes(stage)]
        stage.allow(opening(place) for place in self._places.values())
        peers = stage.start(pods)
        stage.all_results(peers, "ready")
        addresses = {pod["spec"]["nodeName"]: pod["status"]["podIP"] for pod in peers}
        self._words = {"peers": addresses, "meetings": next(iter(addresses.values()))}
        self._rooms = {place: cpu_room(stage.client, place) for place in self._places.values()}

    def rates(self) -> Measured:
        """Measure what each slice with rates has alone, then all slices at once."""
        declared = promises(self._stage.site)
        by_itself = {one: self._alone(one) for one in declared}
        checks = [
            check
            for one, got in by_itself.items()
            for check in alone_checks(one, got, self._ceiling(one, got) if short(one, got) else None)
        ]
        series = [_series(one, got, "alone") for one, got in by_itself.items()]
        if declared and len(self._places) > 1:
            at_once = self._crew(together(self._stage.site), 2 * TOGETHER)
            for one, got in by_itself.items():
                beside = flow(result_of(at_once[one.slice], one.direction))
                checks += together_checks(one, beside, got.mean if got.rates else float("inf"))
                series.append(_series(one, beside, "together"))
        return checks, series

    def delays(self) -> list[Check]:
        """Measure round trips of each slice while all are idle, and while all others send."""
        slices = self._stage.site.slices
        results = self._crew(round_trips(self._stage.site), IDLE + LOADED * len(slices))
        return list(self._delays(results))

    def packets(self) -> list[Check]:
        """Send a packet as large as each slice declares, there and back."""
        orders = sizes(self._stage.site)
        results = self._crew(orders, PATIENCE * 2) if orders else {}
        said = {name: {one["id"]: one for one in lines if "id" in one} for name, lines in results.items()}
        return [one for part in self._stage.site.slices for one in size_checks(part, said.get(part.name, {}))]

    def _delays(self, results: Mapping[str, list[Object]]) -> Iterator[Check]:
        for part in self._stage.site.slices:
            yield from latency_checks(part, "without load", result_of(results[part.name], "idle"))
            if len(results) > 1:
                yield from latency_checks(part, "with load", result_of(results[part.name], f"loaded-{part.name}"))

    def _alone(self, promise: Promise) -> Flow:
        place = self._places[promise.slice]
        return self._one(self._agent(place, [alone(promise)]))

    def _ceiling(self, promise: Promise, got: Flow) -> Flow:
        """Measure the same path from a pod of no slice, on the same node and with as much CPU."""
        cpu = self._rooms[self._places[promise.slice]]
        return self._one(self._agent(NAMESPACE, [{**alone(promise), "rate": None, "seconds": 2}], cpu, got.node))

    def _one(self, pod: Object) -> Flow:
        (started,) = self._stage.start([pod])
        results = self._stage.results(started, within=ALONE + START)
        self._stage.remove([started])
        return flow(result_of(results, "alone"))

    def _crew(self, orders: Mapping[str, list[Order]], seconds: float) -> dict[str, list[Object]]:
        """Send an agent with orders into each slice; return what they print, by slice."""
        pods = self._stage.start([self._agent(self._places[name], given) for name, given in orders.items()])
        results = self._stage.all_results(pods, within=seconds + START)
        self._stage.remove(pods)
        return dict(zip(orders, results, strict=True))

    def _agent(self, place: str, orders: list[Order], cpu: int | None = None, node: str | None = None) -> Object:
        words = {**self._words, "orders": orders}
        return actor(self._stage.site, "agent", place, words, cpu or self._rooms[place], node)


def _nodes(stage: Stage) -> list[str]:
    """Return two nodes for peers, so that each agent has one on another node; those that run workloads come first."""
    nodes = [node for node in stage.client.list("v1", "Node") if condition(node, "Ready").get("status") == "True"]
    return [node["metadata"]["name"] for node in sorted(nodes, key=_is_tainted)][:2]


def _is_tainted(node: Object) -> bool:
    return any(taint["effect"] != "PreferNoSchedule" for taint in node["spec"].get("taints", ()))


def _series(promise: Promise, got: Flow, phase: Phase) -> Series:
    return Series(promise.slice, promise.direction, phase, got.rates, promise.guaranteed, promise.maximum)
