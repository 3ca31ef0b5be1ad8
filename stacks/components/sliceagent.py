"""The agent that holds slices to their rates on every node, as a DaemonSet; its code comes along in a ConfigMap.

It works on the node's own network, so it needs the node's network namespace and the two capabilities that tc and eBPF
ask for, which no Pod Security level but `privileged` allows: hence a namespace of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import DaemonSet
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace

from mecctl.model import FIVE_QI, is_shaped, is_tended, turn
from mecctl.model.guarantee import BOUNDS, WAYS, rate
from mecctl.model.images import python_image
from stacks.components.isolation import Isolation, IsolationArgs
from stacks.components.labels import MANAGED, pod_security
from stacks.components.shipped import shipped

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import DaemonSetSpecArgsDict
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, VolumeArgsDict, VolumeMountArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Site, Slice

NAMESPACE, NAME, METRICS_PORT = "mecctl-node", "slice-agent", 9477
_LABELS = {"app.kubernetes.io/name": NAME}
_READ, _WRITTEN = ("/etc/mecctl", "/var/lib/cni/results"), ("/run/mecctl",)


@dataclass(frozen=True)
class SliceAgentArgs:
    """The site with all its slices."""

    site: Site


class SliceAgent(pulumi.ComponentResource):
    """The DaemonSet `slice-agent` of namespace mecctl-node, with all it needs; changed rates roll it out anew."""

    def __init__(self, name: str, args: SliceAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:SliceAgent", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = {**MANAGED, **pod_security("privileged")}
        home = Namespace(f"{name}-namespace", metadata={"name": NAMESPACE, "labels": labels}, opts=child)
        namespace = home.metadata.name
        Isolation(f"{name}-isolation", IsolationArgs(namespace, inside=False), child)
        code = shipped("sliceagent")
        about: ObjectMetaArgsDict = {"name": NAME, "namespace": namespace, "labels": {**MANAGED, **_LABELS}}
        config = ConfigMap(f"{name}-code", metadata=about, data=code.files, opts=child)
        DaemonSet(
            f"{name}-nodes",
            metadata=about,
            spec=_daemon_set(args.site, code.annotations),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[config]),
        )
        self.register_outputs({"namespace": namespace})


def _daemon_set(site: Site, annotations: dict[str, str]) -> DaemonSetSpecArgsDict:
    return {
        "selector": {"match_labels": _LABELS},
        # Rates stay in place while an agent restarts, so half of them may.
        "update_strategy": {"type": "RollingUpdate", "rolling_update": {"max_unavailable": "50%"}},
        "template": {
            "metadata": {"labels": {**MANAGED, **_LABELS}, "annotations": annotations},
            "spec": _pod(site),
        },
    }


def settings(site: Site) -> str:
    """Return what the agents are told: sliceagent/settings.py reads it."""
    slices = {part.namespace: _slice(site, part) for part in site.slices if is_tended(site, part)}
    return json.dumps({"slices": slices, "links": {node.name: node.link for node in site.nodes if node.link}})


def _slice(site: Site, part: Slice) -> dict[str, object]:
    rates: dict[str, object] = {way: {bound: rate(part, way, bound) for bound in BOUNDS} for way in WAYS}
    dscp = FIVE_QI[part.qos.five_qi].dscp if part.qos else None
    return {"name": part.name, "dscp": dscp, "turn": turn(part), "shaped": is_shaped(site, part), **rates}


def _pod(site: Site) -> PodSpecArgsDict:
    folders: list[VolumeArgsDict] = [
        {"name": _volume(path), "host_path": {"path": path, "type": "DirectoryOrCreate"}}
        for path in (*_READ, *_WRITTEN)
    ]
    return {
        "host_network": True,
        "dns_policy": "Default",
        "automount_service_account_token": False,
        "enable_service_links": False,
        "priority_class_name": "system-node-critical",
        "termination_grace_period_seconds": 10,
        "tolerations": [{"operator": "Exists"}],
        "security_context": {"seccomp_profile": {"type": "RuntimeDefault"}},
        "containers": [_container(site)],
        "volumes": [{"name": "code", "config_map": {"name": NAME}}, *folders],
    }


def _container(site: Site) -> ContainerArgsDict:
    mounts: list[VolumeMountArgsDict] = [
        {"name": _volume(path), "mount_path": path, "read_only": path in _READ} for path in (*_READ, *_WRITTEN)
    ]
    return {
        "name": NAME,
        "image": python_image(site),
        "image_pull_policy": "IfNotPresent",
        "command": ["python3", "-BIS", "/opt/sliceagent"],
        "env": [
            {"name": "SLICES", "value": settings(site)},
            {"name": "NODE", "value_from": {"field_ref": {"field_path": "spec.nodeName"}}},
            {"name": "ADDRESS", "value_from": {"field_ref": {"field_path": "status.hostIP"}}},
            {"name": "LISTEN", "value": f"$(ADDRESS):{METRICS_PORT}"},
        ],
        "ports": [{"name": "metrics", "container_port": METRICS_PORT, "host_port": METRICS_PORT, "protocol": "TCP"}],
        "volume_mounts": [{"name": "code", "mount_path": "/opt/sliceagent", "read_only": True}, *mounts],
        "resources": {"requests": {"cpu": "10m", "memory": "24Mi"}, "limits": {"memory": "64Mi"}},
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"], "add": ["BPF", "NET_ADMIN"]},
        },
        "readiness_probe": {
            "http_get": {"path": "/", "port": METRICS_PORT, "scheme": "HTTP"},
            "period_seconds": 2,
            "timeout_seconds": 2,
        },
        "liveness_probe": {
            "tcp_socket": {"port": METRICS_PORT},
            "initial_delay_seconds": 10,
            "period_seconds": 10,
            "timeout_seconds": 5,
            "failure_threshold": 3,
        },
    }


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-")
