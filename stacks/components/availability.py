"""What keeps a workload serving while nodes come and go: replicas on different nodes, and never all of them drained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from mecctl.model.slice import SPREAD
from stacks.components.labels import workload_labels, workload_selector

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import TopologySpreadConstraintArgsDict

    from mecctl.model import Slice, Workload


_REVISION = {"Deployment": "pod-template-hash", "StatefulSet": "controller-revision-hash"}
"""The label by which a controller tells pods of one template from another's."""


@dataclass(frozen=True)
class DisruptionArgs:
    """The workload and its namespace."""

    workload: Workload
    namespace: str


class Disruption(pulumi.ComponentResource):
    """The PodDisruptionBudget named like the workload: drains and upgrades take one replica at a time."""

    def __init__(self, name: str, args: DisruptionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Disruption", name, None, opts)
        workload = args.workload
        PodDisruptionBudget(
            f"{name}-budget",
            metadata={"name": workload.name, "namespace": args.namespace, "labels": workload_labels(workload)},
            spec={"max_unavailable": 1, "selector": {"match_labels": workload_selector(workload.name)}},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def spread(workload: Workload, part: Slice) -> TopologySpreadConstraintArgsDict:
    """Return how a workload's replicas keep apart: if they can, or, as the slice's availability asks, always.

    Always means that with one node left a replica waits for a second, and that nodes which take none don't count.
    """
    wanted: TopologySpreadConstraintArgsDict = {
        "max_skew": 1,
        "topology_key": "kubernetes.io/hostname",
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": workload_selector(workload.name)},
    }
    if part.availability is None or part.availability < SPREAD:
        return wanted
    return {
        **wanted,
        "when_unsatisfiable": "DoNotSchedule",
        "min_domains": 2,
        "node_taints_policy": "Honor",
        "match_label_keys": [_REVISION[workload.kind]],  # or a roll-out would wait for the old replicas' nodes
    }
