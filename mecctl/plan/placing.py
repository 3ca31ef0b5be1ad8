"""Whether every workload finds a node: by its pool, its architecture, other slices' own nodes, and what is left there.

What the scheduler would find out later is said before anything is made. No node is refused that might do: where one
way of filling the nodes leaves a replica over, others are tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from mecctl.model.amount import request, written
from mecctl.model.placement import barrier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mecctl.model import Node, Site, Workload

PLACED = "fewer or smaller replicas, another pool, architecture or latency, or a node that has what they need"
"""What mends a misfit."""
_RESOURCES = ("cpu", "memory")
_CALLED = {"cpu": "CPU", "memory": "memory"}


@dataclass(frozen=True)
class Room:
    """What a machine has for the site's workloads: its architecture, cores and bytes, less what others hold there."""

    arch: str
    cpu: Decimal
    memory: Decimal


@dataclass(frozen=True)
class Misfit:
    """A workload, by its place in the site file, of which a replica fits on no node; why not on each of them."""

    index: int
    name: str
    needs: str
    reasons: tuple[str, ...]

    @property
    def said(self) -> str:
        """The whole of it in one sentence."""
        return f"{self.name}{self.needs} fits on no node: {'; '.join(self.reasons)}"


@dataclass(frozen=True)
class _Want:
    """One replica to be placed, and the nodes that it may be on at all."""

    index: int
    work: Workload
    needs: Mapping[str, Decimal]
    nodes: tuple[str, ...]


@dataclass
class _Shelf:
    """A node while it is filled."""

    left: dict[str, Decimal]
    there: dict[str, None] = field(default_factory=dict)

    def holds(self, want: _Want) -> bool:
        return all(want.needs[name] <= self.left[name] for name in _RESOURCES)

    def take(self, want: _Want) -> None:
        self.there[want.work.name] = None
        for name in _RESOURCES:
            self.left[name] -= want.needs[name]


def misfits(site: Site, rooms: Mapping[str, Room]) -> tuple[Misfit, ...]:
    """Return the workloads of which not all replicas fit, one entry each.

    A node that isn't among `rooms` wasn't seen and may have anything, so who may run there is left alone.
    """
    found, wants = [], []
    for index, work in enumerate(site.workloads):
        bars = {node.name: _bar(site, work, node, rooms) for node in site.nodes}
        able = tuple(name for name, bar in bars.items() if not bar)
        if not able:
            found.append(Misfit(index, work.name, "", tuple(f"{name} {bar}" for name, bar in bars.items())))
        elif rooms.keys() >= set(able):
            needs = {name: request(work, site.slice(work.slice), name) for name in _RESOURCES}
            wants += [_Want(index, work, needs, able)] * work.fewest
    return (*found, *_unplaced(site, rooms, wants))


def _bar(site: Site, work: Workload, node: Node, rooms: Mapping[str, Room]) -> str:
    arch = rooms[node.name].arch if node.name in rooms else node.arch
    return barrier(work, site.slice(work.slice), node, arch, site.slices, site.delay(node))


_ORDERS: tuple[Callable[[_Want], tuple[Decimal, ...]], ...] = (
    lambda want: (Decimal(len(want.nodes)), -want.needs["memory"], -want.needs["cpu"]),
    lambda want: (-want.needs["memory"], -want.needs["cpu"]),
    lambda want: (-want.needs["cpu"], -want.needs["memory"]),
)
"""Who is placed first: those with the least choice, or the biggest."""


def _unplaced(site: Site, rooms: Mapping[str, Room], wants: Sequence[_Want]) -> list[Misfit]:
    """Fill the nodes in several ways; the first that leaves nobody over is proof enough, else the first is told."""
    told: list[Misfit] | None = None
    for order in _ORDERS:
        for emptiest in (True, False):
            over = _fill(site, rooms, sorted(wants, key=order), emptiest=emptiest)
            if not over:
                return []
            told = over if told is None else told
    return told or []


def _fill(site: Site, rooms: Mapping[str, Room], wants: Sequence[_Want], *, emptiest: bool) -> list[Misfit]:
    shelves = {name: _Shelf({"cpu": room.cpu, "memory": room.memory}) for name, room in rooms.items()}
    over: dict[int, _Want] = {}
    for want in wants:
        fitting = sorted(
            (name for name in want.nodes if shelves[name].holds(want)), key=lambda n: shelves[n].left["cpu"]
        )
        if fitting:
            shelves[fitting[-1] if emptiest else fitting[0]].take(want)
        else:
            over.setdefault(want.index, want)
    return [_misfit(site, rooms, shelves, want) for want in over.values()]


def _misfit(site: Site, rooms: Mapping[str, Room], shelves: Mapping[str, _Shelf], want: _Want) -> Misfit:
    reasons = []
    for node in site.nodes:
        bar = _bar(site, want.work, node, rooms)
        reasons.append(f"{node.name} {bar or _left(rooms[node.name], shelves[node.name], want)}")
    each = " and ".join(f"{written(name, want.needs[name])} {_CALLED[name]}" for name in _RESOURCES if want.needs[name])
    return Misfit(want.index, want.work.name, f" ({want.work.fewest} x {each})", tuple(reasons))


def _left(room: Room, shelf: _Shelf, want: _Want) -> str:
    """Say what is short on a node: the least of it that is, and who is there."""
    short = [name for name in _RESOURCES if want.needs[name] > shelf.left[name]]
    said = " and ".join(
        f"{_amount(name, shelf.left[name])} of {_amount(name, getattr(room, name))} {_CALLED[name]} left"
        for name in short
    )
    return f"has {said}" + (f" beside {', '.join(shelf.there)}" if shelf.there else "")


def _amount(name: str, amount: Decimal) -> str:
    whole = amount.quantize(Decimal("0.001"), ROUND_FLOOR)
    return written(name, whole, ROUND_FLOOR) if whole > 0 else "0"
