"""Closes a namespace: nothing in, nothing out, but DNS and, if asked, its own pods among each other.

Policies only add up, so what is closed here is opened by further policies (openings.py), never by editing these.
Two things no NetworkPolicy can close: a node's traffic to its own pods, and a pod's traffic to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import DNS_NAMESPACE, DNS_PODS, MANAGED, NAMESPACE_NAME

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import NetworkPolicyEgressRuleArgsDict, NetworkPolicySpecArgsDict


@dataclass(frozen=True)
class IsolationArgs:
    """The namespace to close, and whether its own pods may still talk to each other."""

    namespace: pulumi.Input[str]
    inside: bool


class Isolation(pulumi.ComponentResource):
    """The NetworkPolicies default-deny, allow-dns and (with `inside`) allow-inside of one namespace."""

    def __init__(self, name: str, args: IsolationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Isolation", name, None, opts)
        self._namespace = args.namespace
        self._policy(name, "default-deny", {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]})
        self._policy(name, "allow-dns", {"pod_selector": {}, "policy_types": ["Egress"], "egress": [_to_dns()]})
        if args.inside:
            self._policy(name, "allow-inside", _inside())
        self.register_outputs({})

    def _policy(self, prefix: str, name: str, spec: NetworkPolicySpecArgsDict) -> None:
        NetworkPolicy(
            f"{prefix}-{name}",
            metadata={"name": name, "namespace": self._namespace, "labels": MANAGED},
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _to_dns() -> NetworkPolicyEgressRuleArgsDict:
    return {
        "to": [
            {
                "namespace_selector": {"match_labels": {NAMESPACE_NAME: DNS_NAMESPACE}},
                "pod_selector": {"match_labels": DNS_PODS},
            }
        ],
        "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")],
    }


def _inside() -> NetworkPolicySpecArgsDict:
    return {
        "pod_selector": {},
        "policy_types": ["Ingress", "Egress"],
        "ingress": [{"from_": [{"pod_selector": {}}]}],
        "egress": [{"to": [{"pod_selector": {}}]}],
    }
