"""Checks of what a slice's isolation and availability ask of its workloads, and of the nodes under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model import places
from mecctl.model.slice import SPREAD, STANDBY
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.model import Slice, Workload
    from mecctl.sitefile.view import View


def guaranteed(view: View) -> Iterator[Finding]:
    """Workloads of a slice that holds resources for itself say how much CPU and memory each takes."""
    for part in view.slices.valid.values():
        for index, work in _inside(view, part) if part.isolation == "virtual-resource" else ():
            given = work.resources
            missing = [name for name in ("cpu", "memory") if given is None or getattr(given, name) is None]
            if missing:
                what = f"{' and '.join(missing)} of {work.name} {'is' if len(missing) == 1 else 'are'} missing"
                allowed = f"both: isolation virtual-resource of {part.name} reserves them for each replica"
                yield Finding(("spec", "workloads", index, "resources"), what, allowed)


def availability(view: View) -> Iterator[Finding]:
    """From 99.9% on a workload has two replicas, from 99.99% on two nodes to have them on."""
    nodes, slices = tuple(view.nodes.valid.values()), tuple(view.slices.valid.values())
    for index, part in view.slices.valid.items():
        if part.availability is None or part.availability < STANDBY:
            continue
        for at, work in _inside(view, part):
            if work.fewest < 2:
                what = f"{work.name} has {work.fewest} replica, and availability {part.availability:f}% of {part.name}"
                key = ("scale", "min") if work.scale else ("replicas",)
                yield Finding(("spec", "workloads", at, *key), f"{what} needs a second", "at least 2")
        found = sorted(node.name for node in places(part, nodes, slices))
        if part.availability >= SPREAD and len(found) < 2 and view.nodes.whole and view.slices.whole:
            what = f"{part.availability:f}% needs two nodes, and {part.name} has {len(found)} to run on"
            allowed = f"a second beside {', '.join(found) or 'a first'} with the role agent, or less than {SPREAD}%"
            yield Finding(("spec", "slices", index, "availability"), what, allowed)


def _inside(view: View, part: Slice) -> Iterator[tuple[int, Workload]]:
    return ((index, work) for index, work in view.workloads.valid.items() if work.slice == part.name)


CHECKS = (guaranteed, availability)
"""Every check of this module."""
