"""A workload's door for clients outside the site: a port of the nodes that run it, for the ranges that may come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import Service
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import OUTSIDE, front_selector, workload_labels
from stacks.components.openings import pod_ports
from stacks.components.workload import service_ports

if TYPE_CHECKING:
    from mecctl.model import Workload


@dataclass(frozen=True)
class OutsideArgs:
    """The workload, and its slice's namespace."""

    workload: Workload
    namespace: str


class Outside(pulumi.ComponentResource):
    """The Service `<workload>-outside` of type NodePort and the NetworkPolicy from-outside-to-<workload>.

    Only nodes that run a ready pod take connections (externalTrafficPolicy Local): the client's address stays what it
    is, and so the policy can tell who comes. Which port of the nodes it is says the name's SRV record.
    """

    def __init__(self, name: str, args: OutsideArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Outside", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        workload, labels = args.workload, workload_labels(args.workload)
        Service(
            f"{name}-service",
            metadata={
                "name": f"{workload.name}-outside",
                "namespace": args.namespace,
                "labels": {**labels, OUTSIDE: workload.name},
            },
            spec={
                "type": "NodePort",
                "external_traffic_policy": "Local",
                "selector": front_selector(workload),
                "ports": service_ports(workload),
            },
            opts=child,
        )
        NetworkPolicy(
            f"{name}-policy",
            metadata={"name": f"from-outside-to-{workload.name}", "namespace": args.namespace, "labels": labels},
            spec={
                "pod_selector": {"match_labels": front_selector(workload)},
                "policy_types": ["Ingress"],
                "ingress": [
                    {
                        "from_": [{"ip_block": {"cidr": one}} for one in workload.outside],
                        "ports": pod_ports(workload.ports),
                    }
                ],
            },
            opts=child,
        )
        self.register_outputs({})
