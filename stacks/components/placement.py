"""Which nodes a slice's pods run on: those of its pool, and none that another slice has to itself.

The nodes' taint keeps other pods off them from then on; that workloads name the pools they are kept out of moves those
away that ran there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.placement import POOL, TAINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_kubernetes.core.v1 import NodeSelectorArgsDict, NodeSelectorRequirementArgsDict, PodSpecArgsDict

    from mecctl.model import Slice


def reserved_pools(part: Slice, slices: Iterable[Slice]) -> tuple[str, ...]:
    """Return the pools that other slices have to themselves."""
    others = (other for other in slices if other.isolation == "physical" and other.name != part.name)
    return tuple(sorted({other.pool for other in others if other.pool}))


def place(pod: PodSpecArgsDict, part: Slice, reserved: Sequence[str]) -> None:
    """Say in a pod's spec where it runs; `reserved` are the pools that other slices have to themselves."""
    if part.pool:
        pod["node_selector"] = {POOL: part.pool}
    elif reserved:
        elsewhere: NodeSelectorRequirementArgsDict = {"key": POOL, "operator": "NotIn", "values": list(reserved)}
        required: NodeSelectorArgsDict = {"node_selector_terms": [{"match_expressions": [elsewhere]}]}
        pod["affinity"] = {"node_affinity": {"required_during_scheduling_ignored_during_execution": required}}
    if part.isolation == "physical":
        value = str(part.snssai)
        pod["tolerations"] = [{"key": TAINT, "operator": "Equal", "value": value, "effect": "NoSchedule"}]
