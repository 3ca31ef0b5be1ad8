"""`slice probe`: proof by real traffic of what the site file promises for its slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mecctl.probe.isolation import isolation
from mecctl.probe.measure import Measuring
from mecctl.probe.part import Part
from mecctl.probe.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.plan.check import Check
    from mecctl.plan.progress import Progress
    from mecctl.plan.series import Series

Found = TypeVar("Found")


@dataclass(frozen=True)
class Probed:
    """What traffic showed: a check for each promise, and the rates over time."""

    checks: tuple[Check, ...] = ()
    series: tuple[Series, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every promise holds."""
        return all(check.ok for check in self.checks)


def probe(client: KubeClient, site: Site, progress: Progress, parts: Collection[Part] = tuple(Part)) -> Probed:
    """Measure what the site promises for its slices; every check is there whether it holds or not.

    Walls come first, while nothing of the probe is let through them. Leaves nothing on the cluster. Raises MecctlError
    when the probes can't run.
    """
    if not site.slices:
        return Probed()
    checks: list[Check] = []
    series: list[Series] = []
    with Stage(client, site) as stage:
        if Part.isolation in parts:
            checks += _told(progress, "isolation", lambda: isolation(stage))
        if {Part.rates, Part.latency, Part.packets} & set(parts):
            measuring = _told(progress, "peers", lambda: Measuring(stage))
            if Part.rates in parts:
                found, series = _told(progress, "rates", measuring.rates)
                checks += found
            if Part.latency in parts:
                checks += _told(progress, "latency", measuring.delays)
            if Part.packets in parts:
                checks += _told(progress, "packets", measuring.packets)
    return Probed(tuple(checks), tuple(series))


def _told(progress: Progress, task: str, measure: Callable[[], Found]) -> Found:
    progress.begin(task)
    try:
        return measure()
    finally:
        progress.end(task)
