"""Checks of where slices' pods run: the pools of nodes they name, and the nodes that one has to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model import barrier, places
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.document import Place
    from mecctl.sitefile.view import View

_POOL = "the name of a pool of nodes with the role agent, which no other slice uses"


def pools(view: View) -> Iterator[Finding]:
    """The pool that a slice names is there, with a node that runs workloads."""
    if not view.nodes.whole:
        return
    found = {node.pool for node in view.nodes.valid.values() if node.pool}
    able = {node.pool for node in view.nodes.valid.values() if node.pool and node.runs_workloads}
    for index, part in view.slices.valid.items():
        place: Place = ("spec", "slices", index, "pool")
        if part.pool and part.pool not in found:
            yield Finding(place, f"no node is in a pool {part.pool}", f"one of: {_listed(found)}")
        elif part.pool and part.pool not in able:
            what = f"no node of pool {part.pool} has the role agent, so none runs workloads"
            yield Finding(place, what, f"one of: {_listed(able)}")


def physical(view: View) -> Iterator[Finding]:
    """A slice that is physically isolated has a pool to itself, of nodes that carry nothing else."""
    for index, part in view.slices.valid.items():
        if part.isolation != "physical":
            continue
        place: Place = ("spec", "slices", index, "pool")
        if part.pool is None:
            yield Finding(place, f"is missing: isolation physical gives {part.name} nodes of its own", _POOL)
            continue
        for other in view.slices.valid.values():
            if other.name != part.name and other.pool == part.pool:
                what = f"pool {part.pool} is also that of {other.name}, and isolation physical shares no node"
                yield Finding(place, what, _POOL)
        for node in view.nodes.valid.values():
            if node.pool == part.pool and node.is_server:
                what = f"{node.name} of pool {part.pool} carries the control plane"
                yield Finding(place, f"{what}, and isolation physical shares no node", _POOL)


def room(view: View) -> Iterator[Finding]:
    """Each slice with workloads has a node that they may run on."""
    if not (view.nodes.whole and view.slices.whole):
        return
    nodes, slices = tuple(view.nodes.valid.values()), tuple(view.slices.valid.values())
    if not any(node.runs_workloads for node in nodes):
        return  # which is told of the nodes
    for index, part in view.slices.valid.items():
        used = any(work.slice == part.name for work in view.workloads.valid.values())
        if part.pool is None and used and not places(part, nodes, slices):
            what = f"every node that runs workloads is another slice's own, none is left for {part.name}"
            yield Finding(("spec", "slices", index), what, "a node with the role agent in no such pool")


def workloads(view: View) -> Iterator[Finding]:
    """Each workload has a node of its pool, close enough and, as far as they are declared, of its architecture."""
    if not (view.nodes.whole and view.slices.whole):
        return
    nodes, slices = tuple(view.nodes.valid.values()), tuple(view.slices.valid.values())
    parts = {part.name: part for part in slices}
    for index, work in view.workloads.valid.items():
        part = parts.get(work.slice)
        if part is None or not places(part, nodes, slices):
            continue  # which is told of the slice
        bars = {node.name: barrier(work, part, node, node.arch, slices, view.delay(node)) for node in nodes}
        if all(bars.values()):
            each = "; ".join(f"{name} {bar}" for name, bar in bars.items())
            what = f"{work.name} fits on no node: {each}"
            yield Finding(
                ("spec", "workloads", index), what, "another pool, architecture or latency, or a node that has them"
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


CHECKS = (pools, physical, room, workloads)
"""Every check of this module."""
