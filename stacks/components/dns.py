"""Cluster DNS for upstream Kubernetes; K3s brings its own.

Does not scale with the cluster. The names of the site's own domain are names.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServiceAccount
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding

from stacks.components.corefile import corefile
from stacks.components.labels import DNS_NAMESPACE, DNS_PODS, MANAGED

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, ProbeArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

# The tag kubeadm v1.36 asks for (cmd/kubeadm/app/constants: CoreDNSVersion).
COREDNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.2"
_NAME = "coredns"
_ROLE = "system:coredns"
_PORTS = (("dns", "UDP", 53), ("dns-tcp", "TCP", 53), ("metrics", "TCP", 9153))


@dataclass(frozen=True)
class ClusterDnsArgs:
    """The site's Service range, whether others can be asked, its own names' server blocks (names.py), the image."""

    service_cidr: str
    isolated: bool
    names: tuple[str, ...] = ()
    image: str = COREDNS_IMAGE


def dns_address(service_cidr: str) -> str:
    """Return the tenth address of the Service range, where kubelets look for DNS (kubeadm's GetDNSIP)."""
    return str(ip_network(service_cidr)[10])


class ClusterDns(pulumi.ComponentResource):
    """CoreDNS, two replicas on different nodes where there are two, behind Service kube-system/kube-dns."""

    def __init__(self, name: str, args: ClusterDnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:ClusterDns", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        config = ConfigMap(
            f"{name}-config",
            metadata=_metadata(_NAME),
            data={"Corefile": corefile(isolated=args.isolated, names=args.names)},
            opts=self._child,
        )
        access = self._access()
        self._servers(args.image, pulumi.ResourceOptions(parent=self, depends_on=[config, *access]))
        self._front(dns_address(args.service_cidr))
        self.register_outputs({})

    def _access(self) -> list[pulumi.Resource]:
        """Let CoreDNS watch what it makes names of."""
        account = ServiceAccount(f"{self._name}-account", metadata=_metadata(_NAME), opts=self._child)
        watch = ["list", "watch"]
        role = ClusterRole(
            f"{self._name}-role",
            metadata={"name": _ROLE, "labels": MANAGED},
            rules=[
                {"api_groups": [""], "resources": ["endpoints", "services", "pods", "namespaces"], "verbs": watch},
                {"api_groups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": watch},
            ],
            opts=self._child,
        )
        binding = ClusterRoleBinding(
            f"{self._name}-binding",
            metadata={"name": _ROLE, "labels": MANAGED},
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": _ROLE},
            subjects=[{"kind": "ServiceAccount", "name": _NAME, "namespace": DNS_NAMESPACE}],
            opts=self._child,
        )
        return [account, role, binding]

    def _servers(self, image: str, opts: pulumi.ResourceOptions) -> None:
        Deployment(
            f"{self._name}-servers",
            # Slices and workloads needn't wait for it; whoever runs the programs waits for all at the end.
            metadata={**_metadata(_NAME), "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={
                "replicas": 2,
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 1}},
                "selector": {"match_labels": DNS_PODS},
                "template": {"metadata": {"labels": {**MANAGED, **DNS_PODS}}, "spec": _pod(image)},
            },
            opts=opts,
        )
        PodDisruptionBudget(
            f"{self._name}-budget",
            metadata=_metadata(_NAME),
            spec={"min_available": 1, "selector": {"match_labels": DNS_PODS}},
            opts=self._child,
        )

    def _front(self, address: str) -> None:
        Service(
            f"{self._name}-front",
            metadata=_metadata("kube-dns"),
            spec={
                "cluster_ip": address,
                "selector": DNS_PODS,
                "ports": [
                    {"name": name, "protocol": protocol, "port": port, "target_port": port}
                    for name, protocol, port in _PORTS
                ],
            },
            opts=self._child,
        )


def _metadata(name: str) -> ObjectMetaArgsDict:
    return {"name": name, "namespace": DNS_NAMESPACE, "labels": {**MANAGED, **DNS_PODS}}


def _pod(image: str) -> PodSpecArgsDict:
    return {
        "service_account_name": _NAME,
        "priority_class_name": "system-cluster-critical",
        "dns_policy": "Default",
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"},
        ],
        "topology_spread_constraints": [
            {
                "max_skew": 1,
                "topology_key": "kubernetes.io/hostname",
                "when_unsatisfiable": "ScheduleAnyway",
                "label_selector": {"match_labels": DNS_PODS},
            }
        ],
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 65532,
            "run_as_group": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
            # Port 53 without root whatever the runtime's own default is; on the list of safe sysctls.
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "containers": [_container(image)],
        "volumes": [{"name": "config", "config_map": {"name": _NAME}}],
    }


def _container(image: str) -> ContainerArgsDict:
    return {
        "name": _NAME,
        "image": image,
        "image_pull_policy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [{"name": name, "protocol": protocol, "container_port": port} for name, protocol, port in _PORTS],
        "volume_mounts": [{"name": "config", "mount_path": "/etc/coredns", "read_only": True}],
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            # The upstream binary carries this file capability and can't be executed where it is not to be had.
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        },
        "startup_probe": _probe("/ready", 8181, period=1, failures=60),
        "readiness_probe": _probe("/ready", 8181, period=5, failures=3),
        "liveness_probe": _probe("/health", 8080, period=10, failures=5),
    }


def _probe(path: str, port: int, *, period: int, failures: int) -> ProbeArgsDict:
    return {
        "http_get": {"path": path, "port": port, "scheme": "HTTP"},
        "period_seconds": period,
        "timeout_seconds": 5 if period > 5 else 1,
        "failure_threshold": failures,
    }
