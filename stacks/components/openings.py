"""Opens one way into a workload of another slice: out of the source and into the target, as both sides must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import MANAGED, NAMESPACE_NAME, front_selector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pulumi_kubernetes.meta.v1 import LabelSelectorArgsDict
    from pulumi_kubernetes.networking.v1 import NetworkPolicyPeerArgsDict, NetworkPolicyPortArgsDict

    from mecctl.model import ServicePort, Site, Workload


@dataclass(frozen=True)
class OpeningArgs:
    """The slice that may connect to a workload, on which ports, and both namespaces."""

    source: str
    workload: Workload
    ports: tuple[ServicePort, ...]
    source_namespace: pulumi.Input[str]
    target_namespace: pulumi.Input[str]


def opened(site: Site) -> Iterator[tuple[str, Workload, tuple[ServicePort, ...]]]:
    """Yield (source slice, workload, ports) of all that the site's policies open, ports of one way together.

    A policy without ports opens all that the workload declares, one without a workload all workloads of the slice.
    """
    ways: dict[tuple[str, str], set[ServicePort]] = {}
    for policy in site.policies:
        for workload in site.workloads:
            ways.setdefault((policy.source.slice, workload.name), set()).update(policy.opens(workload))
    for workload in site.workloads:
        for (source, name), ports in ways.items():
            if name == workload.name and ports:
                yield source, workload, tuple(port for port in workload.ports if port in ports)


class Opening(pulumi.ComponentResource):
    """The pair of NetworkPolicies that opens one way."""

    def __init__(self, name: str, args: OpeningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Opening", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pods: LabelSelectorArgsDict = {"match_labels": front_selector(args.workload)}
        ports = pod_ports(args.ports)
        to: NetworkPolicyPeerArgsDict = {
            "namespace_selector": _namespace(args.target_namespace),
            "pod_selector": pods,
        }
        NetworkPolicy(
            f"{name}-out",
            metadata={"name": f"to-{args.workload.name}", "namespace": args.source_namespace, "labels": MANAGED},
            spec={"pod_selector": {}, "policy_types": ["Egress"], "egress": [{"to": [to], "ports": ports}]},
            opts=child,
        )
        NetworkPolicy(
            f"{name}-in",
            metadata={
                "name": f"from-{args.source}-to-{args.workload.name}",
                "namespace": args.target_namespace,
                "labels": MANAGED,
            },
            spec={
                "pod_selector": pods,
                "policy_types": ["Ingress"],
                "ingress": [{"from_": [{"namespace_selector": _namespace(args.source_namespace)}], "ports": ports}],
            },
            opts=child,
        )
        self.register_outputs({})


def pod_ports(ports: Iterable[ServicePort]) -> list[NetworkPolicyPortArgsDict]:
    """The ports of the pods, for what goes to a Service is judged by where it ends."""
    ways = dict.fromkeys((port.protocol, port.target) for port in ports)
    return [{"protocol": protocol, "port": port} for protocol, port in ways]


def _namespace(name: pulumi.Input[str]) -> LabelSelectorArgsDict:
    return {"match_labels": {NAMESPACE_NAME: name}}
