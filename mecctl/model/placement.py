"""Which nodes a slice's pods may run on, and whose nodes no other slice's may."""

from collections.abc import Iterable

from mecctl.model.node import Node
from mecctl.model.quantity import format_duration
from mecctl.model.slice import Slice
from mecctl.model.workload import Workload

POOL = "mec.io/pool"
"""Label of a node: the pool it is in."""
ARCHITECTURE = "kubernetes.io/arch"
"""Label of a node that its kubelet sets: amd64, arm64 or arm."""
HOST = "kubernetes.io/hostname"
"""Label of a node that its kubelet sets: the node's name."""
TAINT = "mec.io/slice"
"""Taint of a node that one slice has to itself; its value is the slice's S-NSSAI."""


def owner(node: Node, slices: Iterable[Slice]) -> Slice | None:
    """Return the slice that has the node to itself by physical isolation, None for a node that slices share."""
    owners = (part for part in slices if part.isolation == "physical" and part.pool)
    return next((part for part in owners if part.pool == node.pool and node.runs_workloads), None)


def barrier(
    work: Workload, part: Slice, node: Node, arch: str | None, slices: Iterable[Slice], delay: int | None = None
) -> str:
    """Say why a node takes no pod of a workload of the slice, whatever room it has; empty if it may take one.

    `arch` is the node's architecture, None where nobody knows it, which stops nobody. `delay` is that between users and
    the node in nanoseconds, None where nobody declares it, which stops who has a maximum.
    """
    if said := _closed(part, work.pool or part.pool, node, slices):
        return said
    if work.architecture and arch and arch != work.architecture:
        return f"is {arch}, not {work.architecture}"
    return _too_far(work.maximum_latency, delay)


def near(work: Workload, delay: int | None) -> bool:
    """Tell whether a node with this delay, in nanoseconds, is close enough to the workload's users."""
    return not _too_far(work.maximum_latency, delay)


def places(part: Slice, nodes: Iterable[Node], slices: Iterable[Slice]) -> tuple[Node, ...]:
    """Return the nodes that the slice's pods may run on: those of its pool, none that is another slice's own."""
    slices = tuple(slices)
    return tuple(node for node in nodes if not _closed(part, part.pool, node, slices))


def _too_far(most: int | None, delay: int | None) -> str:
    if most is None or (delay is not None and delay <= most):
        return ""
    asked = f"at most {format_duration(most)} is asked"
    return f"declares no latency, and {asked}" if delay is None else f"is {format_duration(delay)} away, and {asked}"


def _closed(part: Slice, pool: str | None, node: Node, slices: Iterable[Slice]) -> str:
    if not node.runs_workloads:
        return "runs no workloads, for it hasn't the role agent"
    own = owner(node, slices)
    if own and own.name != part.name:
        return f"is slice {own.name}'s own"
    if pool not in {None, node.pool}:
        return f"is in {'pool ' + node.pool if node.pool else 'no pool'}, not in {pool}"
    return ""
