"""The guard of a hardened cluster: it closes new namespaces and vouches for kubelets; its code is in a ConfigMap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import MANAGED
from stacks.components.rights import rights
from stacks.components.shipped import shipped

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, ProbeArgsDict, TolerationArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict
    from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict

NAME, PORT = "namespace-guard", 8080
_LABELS = {"app.kubernetes.io/name": NAME}
_WATCH = ["list", "watch"]
_RULES: list[PolicyRuleArgsDict] = [
    {"api_groups": [""], "resources": ["namespaces"], "verbs": ["get", *_WATCH]},
    {"api_groups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["create", *_WATCH]},
    {"api_groups": [""], "resources": ["serviceaccounts"], "verbs": _WATCH},
    {"api_groups": [""], "resources": ["serviceaccounts"], "resource_names": ["default"], "verbs": ["patch"]},
    {"api_groups": [""], "resources": ["nodes"], "verbs": ["get"]},
    {"api_groups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests"], "verbs": _WATCH},
    {"api_groups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests/approval"], "verbs": ["update"]},
    {
        "api_groups": ["certificates.k8s.io"],
        "resources": ["signers"],
        "resource_names": ["kubernetes.io/kubelet-serving"],
        "verbs": ["approve"],
    },
]


@dataclass(frozen=True)
class GuardArgs:
    """The namespace it runs in, which is closed, and an image with Python."""

    namespace: pulumi.Input[str]
    image: str


class Guard(pulumi.ComponentResource):
    """The Deployment `namespace-guard` with what it may do; nothing may reach it but its node."""

    def __init__(self, name: str, args: GuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Guard", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        about: ObjectMetaArgsDict = {"name": NAME, "namespace": args.namespace, "labels": {**MANAGED, **_LABELS}}
        code = shipped("guard")
        needed = [
            ConfigMap(f"{name}-code", metadata=about, data=code.files, opts=child),
            ServiceAccount(f"{name}-account", metadata=about, opts=child),
            *rights(name, NAME, args.namespace, _RULES, child),
            # It asks the API server and nobody else, at the Service's port or, where that comes first, the node's.
            NetworkPolicy(
                f"{name}-way",
                metadata=about,
                spec={
                    "pod_selector": {"match_labels": _LABELS},
                    "policy_types": ["Egress"],
                    "egress": [{"ports": [{"protocol": "TCP", "port": port} for port in (443, 6443)]}],
                },
                opts=child,
            ),
        ]
        Deployment(
            f"{name}-pod",
            metadata=about,
            spec={
                "replicas": 1,
                "selector": {"match_labels": _LABELS},
                "template": {
                    "metadata": {"labels": {**MANAGED, **_LABELS}, "annotations": code.annotations},
                    "spec": _pod(args.image),
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.register_outputs({})


def _pod(image: str) -> PodSpecArgsDict:
    gone: list[TolerationArgsDict] = [
        {"key": f"node.kubernetes.io/{state}", "operator": "Exists", "effect": "NoExecute", "toleration_seconds": 30}
        for state in ("not-ready", "unreachable")
    ]
    return {
        "service_account_name": NAME,
        "automount_service_account_token": True,
        "priority_class_name": "system-cluster-critical",
        "enable_service_links": False,
        "termination_grace_period_seconds": 1,
        "tolerations": [
            {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"},
            *gone,
        ],
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 65532,
            "run_as_group": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image)],
        "volumes": [{"name": "code", "config_map": {"name": NAME}}],
    }


def _container(image: str) -> ContainerArgsDict:
    return {
        "name": NAME,
        "image": image,
        "image_pull_policy": "IfNotPresent",
        "command": ["python3", "-BIS", "/opt/guard"],
        "env": [{"name": "LISTEN", "value": str(PORT)}],
        "ports": [{"name": "metrics", "container_port": PORT, "protocol": "TCP"}],
        "volume_mounts": [{"name": "code", "mount_path": "/opt/guard", "read_only": True}],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "96Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "startup_probe": {"tcp_socket": {"port": PORT}, "period_seconds": 1, "failure_threshold": 60},
        "readiness_probe": _page(),
        "liveness_probe": {"tcp_socket": {"port": PORT}, "period_seconds": 10, "failure_threshold": 3},
    }


def _page() -> ProbeArgsDict:
    return {
        "http_get": {"path": "/", "port": PORT, "scheme": "HTTP"},
        "period_seconds": 2,
        "timeout_seconds": 2,
    }
