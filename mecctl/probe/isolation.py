"""Tries, by real traffic, to get through every wall between slices: two pods a slice, and two in none."""

from __future__ import annotations

import time
from dataclasses import asdict
from itertools import count
from typing import TYPE_CHECKING, Any

from mecctl.probe.actors import NAMESPACE, actor
from mecctl.probe.attempts import targets
from mecctl.probe.crossings import BEYOND, LISTENING, Crossing, Ground, crossings, outside
from mecctl.probe.settling import SETTLE, api_address, look, settled
from mecctl.probe.walls import judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.plan.check import Check
    from mecctl.probe.attempts import Running
    from mecctl.probe.stage import Stage

Object = dict[str, Any]

ROUND = 10**6
"""How far apart the ids of two rounds are, so that what a listener saw in an earlier one doesn't count."""


def isolation(stage: Stage) -> tuple[Check, ...]:
    """Return a check for each promise; tries again if something failed while its target moved."""
    client, site = stage.client, stage.site
    until, api = time.monotonic() + SETTLE, api_address(client)
    places = {BEYOND: NAMESPACE, **{part.name: part.namespace for part in site.slices}}
    listeners = stage.start([actor(site, "listen", place, {"port": LISTENING}) for place in places.values()])
    stage.all_results(listeners, "ready")
    addresses = dict(zip(places, (pod["status"]["podIP"] for pod in listeners), strict=True))
    for round_ in count():
        found = settled(client, site, until)
        checks = _try(stage, places, listeners, Ground(found, addresses, api), round_ * ROUND)
        if all(check.ok for check in checks) or time.monotonic() > until or _same(stage, found):
            break
    stage.remove(listeners)
    return checks


def _try(
    stage: Stage, places: Mapping[str, str], listeners: list[Object], ground: Ground, first: int
) -> tuple[Check, ...]:
    tried = crossings(stage.site, ground)
    pods = stage.start(
        [actor(stage.site, "attempt", place, _words(tried, source, first)) for source, place in places.items()]
    )
    results = [line for lines in stage.all_results(pods) for line in lines if "id" in line]
    stage.remove(pods)
    seen = {line["seen"] - first for pod in listeners for line in stage.printed(pod) if "seen" in line}
    return judge(tried, {line["id"] - first: line["got"] for line in results}, seen, outside(stage.site))


def _words(tried: tuple[Crossing, ...], source: str, first: int) -> Object:
    """Return what a source's pod is told; ids start at `first`."""
    attempts = [
        {key: value for key, value in asdict(one).items() if key in ("how", "host", "port")}
        | {"id": first + index, "open": one.open is not False}
        for index, one in enumerate(tried)
        if one.source == source and one.host
    ]
    return {"attempts": attempts}


def _same(stage: Stage, found: Running) -> bool:
    """Whether the workloads that are tried still stand where they stood."""
    now, wanted = look(stage.client), targets(stage.site)
    return all(now.pods.get(key) == found.pods.get(key) for key in wanted)
