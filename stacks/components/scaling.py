"""Replicas by load: a HorizontalPodAutoscaler that reads the CPU which the cluster's metrics API tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler

from stacks.components.labels import workload_labels

if TYPE_CHECKING:
    from mecctl.model import Scale, Workload


@dataclass(frozen=True)
class ScalingArgs:
    """The workload, what it says of its scale, and its namespace."""

    workload: Workload
    scale: Scale
    namespace: str


class Scaling(pulumi.ComponentResource):
    """The HorizontalPodAutoscaler named like the workload; without a metrics API it keeps at least `min`."""

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Scaling", name, None, opts)
        workload, scale = args.workload, args.scale
        HorizontalPodAutoscaler(
            f"{name}-autoscaler",
            metadata={"name": workload.name, "namespace": args.namespace, "labels": workload_labels(workload)},
            spec={
                "scale_target_ref": {"api_version": "apps/v1", "kind": workload.kind, "name": workload.name},
                "min_replicas": scale.min,
                "max_replicas": scale.max,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {
                            "name": "cpu",
                            "target": {"type": "Utilization", "average_utilization": scale.cpu},
                        },
                    }
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
