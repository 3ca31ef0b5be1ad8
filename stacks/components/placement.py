"""Which nodes a workload's pods run on: of its pool or slice's, of its architecture, near enough, no other slice's own.

The nodes' taint keeps other pods off them from then on; that workloads name the pools they are kept out of moves those
away that ran there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.placement import ARCHITECTURE, HOST, POOL, TAINT, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_kubernetes.core.v1 import NodeSelectorArgsDict, NodeSelectorRequirementArgsDict, PodSpecArgsDict

    from mecctl.model import Site, Slice, Workload


def reserved_pools(part: Slice, slices: Iterable[Slice]) -> tuple[str, ...]:
    """Return the pools that other slices have to themselves."""
    others = (other for other in slices if other.isolation == "physical" and other.name != part.name)
    return tuple(sorted({other.pool for other in others if other.pool}))


def near_nodes(workload: Workload, site: Site) -> tuple[str, ...] | None:
    """Return the nodes that are close enough to the workload's users, None where any is."""
    if workload.maximum_latency is None:
        return None
    return tuple(node.name for node in site.nodes if near(workload, site.delay(node)))


def place(
    pod: PodSpecArgsDict, workload: Workload, part: Slice, reserved: Sequence[str], only: Sequence[str] | None
) -> None:
    """Say in a pod's spec where it runs.

    `reserved` are the pools that other slices have to themselves, `only` the nodes that are close enough.
    """
    pool = workload.pool or part.pool
    of_pool = {POOL: pool} if pool else {}
    of_kind = {ARCHITECTURE: workload.architecture} if workload.architecture else {}
    if of_pool or of_kind:
        pod["node_selector"] = {**of_pool, **of_kind}
    terms: list[NodeSelectorRequirementArgsDict] = []
    if reserved and not pool:
        terms.append({"key": POOL, "operator": "NotIn", "values": list(reserved)})
    if only is not None:
        terms.append({"key": HOST, "operator": "In", "values": list(only)})
    if terms:
        required: NodeSelectorArgsDict = {"node_selector_terms": [{"match_expressions": terms}]}
        pod["affinity"] = {"node_affinity": {"required_during_scheduling_ignored_during_execution": required}}
    if part.isolation == "physical":
        value = str(part.snssai)
        pod["tolerations"] = [{"key": TAINT, "operator": "Equal", "value": value, "effect": "NoSchedule"}]
