"""What a site's slices ask of its machines together, against what was seen of them.

Machines that weren't seen may have anything, so nothing is concluded where one is missing.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from mecctl.errors import InputError, Problem
from mecctl.model import places
from mecctl.model.amount import amounts, written
from mecctl.model.guarantee import WAYS, overload
from mecctl.model.quantity import format_bit_rate, size
from mecctl.nodes.packets import too_large
from mecctl.plan.placing import PLACED, Room, misfits
from mecctl.sitefile import SITE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Node, Site, Slice
    from mecctl.nodes.facts import Facts
    from mecctl.sitefile import SiteFolder


def shortage(folder: SiteFolder, facts: Mapping[str, Facts]) -> InputError | None:
    """Return every promise of the site file that its machines can't keep, None where they can keep all."""
    parts = (_quotas, _links, _placement, too_large)
    found = [one for part in parts for one in part(folder.site, facts)]
    file = f"{folder.path}/{SITE_FILE}"
    problems = [Problem(file, None, field, what, allowed) for field, what, allowed in found]
    return InputError(problems) if problems else None


def _quotas(site: Site, facts: Mapping[str, Facts]) -> Iterator[tuple[str, str, str]]:
    """The machines that slices may run on have what the quotas of all slices that run nowhere else are in sum."""
    where = {part.name: places(part, site.nodes, site.slices) for part in site.slices if amounts(part.quota)}
    for nodes in dict.fromkeys(where.values()):
        if not nodes or not all(node.name in facts for node in nodes):
            continue
        bound = [site.slice(name) for name, them in where.items() if set(them) <= set(nodes)]
        for resource in ("cpu", "memory"):
            yield from _short(resource, bound, nodes, facts)


def _short(
    resource: str, slices: list[Slice], nodes: tuple[Node, ...], facts: Mapping[str, Facts]
) -> Iterator[tuple[str, str, str]]:
    asked = {part.name: size(amounts(part.quota)[resource]) for part in slices if resource in amounts(part.quota)}
    had = {node.name: Decimal(getattr(facts[node.name], {"cpu": "cores"}.get(resource, resource))) for node in nodes}
    total, there = sum(asked.values(), Decimal(0)), sum(had.values(), Decimal(0))
    if total > there:
        each = ", ".join(f"{name} {written(resource, amount)}" for name, amount in asked.items())
        machines = ", ".join(f"{name} {written(resource, amount, ROUND_FLOOR)}" for name, amount in had.items())
        most = written(resource, there, ROUND_FLOOR)
        what = f"the slices' quotas are {written(resource, total)} in sum: {each}; their nodes have {most}: {machines}"
        yield f"spec.slices[].quota.{resource}", what, f"quotas of at most {most} together, or more nodes"


def _placement(site: Site, facts: Mapping[str, Facts]) -> Iterator[tuple[str, str, str]]:
    """Every workload finds machines by architecture, pool, isolation and size."""
    rooms = {name: Room(one.arch, Decimal(one.cores), Decimal(one.memory)) for name, one in facts.items()}
    for misfit in misfits(site, rooms):
        yield f"spec.workloads[{misfit.index}]", misfit.said, PLACED


def _links(site: Site, facts: Mapping[str, Facts]) -> Iterator[tuple[str, str, str]]:
    """A link whose speed the site file leaves out carries the guarantees that may meet there."""
    for node in site.nodes:
        speed = facts[node.name].speeds.get(str(node.address)) if node.name in facts else None
        if node.link is not None or speed is None:
            continue
        here = [part for part in site.slices if places(part, [node], site.slices)]
        for way in WAYS:
            if said := overload(here, way, speed):
                carries = format_bit_rate(speed)
                what = f"{said}; the link of {node.name} was found to carry {carries}"
                allowed = f"guarantees of at most {carries} together, or link: with what it really carries"
                yield "spec.slices[].throughput", what, allowed
