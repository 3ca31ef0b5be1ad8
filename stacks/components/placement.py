"""Which nodes a workload's pods run on: of its pool, or its slice's, and of its architecture; no other slice's own.

The nodes' taint keeps other pods off them from then on; that workloads name the pools they are kept out of moves those
away that ran there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.placement import ARCHITECTURE, POOL, TAINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_kubernetes.core.v1 import NodeSelectorArgsDict, NodeSelectorRequirementArgsDict, PodSpecArgsDict

    from mecctl.model import Slice, Workload


def reserved_pools(part: Slice, slices: Iterable[Slice]) -> tuple[str, ...]:
    """Return the pools that other slices have to themselves."""
    others = (other for other in slices if other.isolation == "physical" and other.name != part.name)
    return tuple(sorted({other.pool for other in others if other.pool}))


def place(pod: PodSpecArgsDict, workload: Workload, part: Slice, reserved: Sequence[str]) -> None:
    """Say in a pod's spec where it runs; `reserved` are the pools that other slices have to themselves."""
    pool = workload.pool or part.pool
    of_pool = {POOL: pool} if pool else {}
    of_kind = {ARCHITECTURE: workload.architecture} if workload.architecture else {}
    if of_pool or of_kind:
        pod["node_selector"] = {**of_pool, **of_kind}
    if reserved and not pool:
        elsewhere: NodeSelectorRequirementArgsDict = {"key": POOL, "operator": "NotIn", "values": list(reserved)}
        required: NodeSelectorArgsDict = {"node_selector_terms": [{"match_expressions": [elsewhere]}]}
        pod["affinity"] = {"node_affinity": {"required_during_scheduling_ignored_during_execution": required}}
    if part.isolation == "physical":
        value = str(part.snssai)
        pod["tolerations"] = [{"key": TAINT, "operator": "Equal", "value": value, "effect": "NoSchedule"}]
