"""Closes kube-system to everyone but those who use what runs there; what runs there may reach what it needs.

Pods on their node's own network, as the control plane's are, are no NetworkPolicy's concern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import DNS_NAMESPACE, DNS_PODS, MANAGED

if TYPE_CHECKING:
    from pulumi_kubernetes.networking.v1 import (
        NetworkPolicyIngressRuleArgsDict,
        NetworkPolicyPortArgsDict,
        NetworkPolicySpecArgsDict,
    )

# What K3s brings along and others reach (docs.k3s.io/security/hardening-guide); each name is a policy's too.
BUNDLED = {
    "metrics-server": {"k8s-app": "metrics-server"},
    "traefik": {"app.kubernetes.io/name": "traefik"},
}
_NAMES = (("UDP", 53), ("TCP", 53), ("TCP", 9153))


class KubeSystem(pulumi.ComponentResource):
    """The NetworkPolicies default-deny (of what comes in) and, for each part that is reached, allow-<part>."""

    def __init__(self, name: str, bundled: bool, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:KubeSystem", name, None, opts)
        self._name = name
        self._policy("default-deny", {}, None)
        ports: list[NetworkPolicyPortArgsDict] = [{"protocol": protocol, "port": port} for protocol, port in _NAMES]
        self._policy("allow-dns", DNS_PODS, {"ports": ports})
        for part, labels in BUNDLED.items() if bundled else ():
            self._policy(f"allow-{part}", labels, {})
        self.register_outputs({})

    def _policy(self, name: str, pods: dict[str, str], way: NetworkPolicyIngressRuleArgsDict | None) -> None:
        spec: NetworkPolicySpecArgsDict = {
            "pod_selector": {"match_labels": pods} if pods else {},
            "policy_types": ["Ingress"],
        }
        if way is not None:
            spec["ingress"] = [way]
        NetworkPolicy(
            f"{self._name}-{name}",
            metadata={"name": name, "namespace": DNS_NAMESPACE, "labels": MANAGED},
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )
