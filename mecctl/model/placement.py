"""Which nodes a slice's pods may run on, and whose nodes no other slice's may."""

from collections.abc import Iterable

from mecctl.model.node import Node
from mecctl.model.slice import Slice

POOL = "mec.io/pool"
"""Label of a node: the pool it is in."""
ARCHITECTURE = "kubernetes.io/arch"
"""Label of a node that its kubelet sets: amd64, arm64 or arm."""
TAINT = "mec.io/slice"
"""Taint of a node that one slice has to itself; its value is the slice's S-NSSAI."""


def owner(node: Node, slices: Iterable[Slice]) -> Slice | None:
    """Return the slice that has the node to itself by physical isolation, None for a node that slices share."""
    owners = (part for part in slices if part.isolation == "physical" and part.pool)
    return next((part for part in owners if part.pool == node.pool and node.runs_workloads), None)


def places(part: Slice, nodes: Iterable[Node], slices: Iterable[Slice]) -> tuple[Node, ...]:
    """Return the nodes that the slice's pods may run on: those of its pool, none that is another slice's own."""
    slices = tuple(slices)
    return tuple(
        node
        for node in nodes
        if node.runs_workloads and part.pool in {None, node.pool} and owner(node, slices) in (None, part)
    )
