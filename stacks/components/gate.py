"""The gate before a workload that moves: HAProxy, which sends its requests here, to the other site, or nowhere yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap, Service
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from mecctl.model.images import gate_image
from stacks.components.carrier import CODE, PORT, code_volume, gate_files, state_volume
from stacks.components.labels import MANAGED, SLICE, front_selector, workload_labels, workload_selector
from stacks.components.pod import confined, nobody
from stacks.components.shipped import told_apart
from stacks.components.workload import service_ports

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import PodSpecArgsDict, ServicePortArgsDict, ServiceSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Site, Workload

HEALTH = 9478


@dataclass(frozen=True)
class GateArgs:
    """The site, the workload, its namespace, the image with HAProxy, and the gate's own files by name."""

    site: Site
    workload: Workload
    namespace: str
    image: str
    files: dict[str, str]


class Gate(pulumi.ComponentResource):
    """Deployment, ConfigMap and the policy to the peers `<workload>-gate`, and the Service `<workload>-here` behind."""

    def __init__(self, name: str, args: GateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Gate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        work, labels = args.workload, {**MANAGED, **front_selector(args.workload), SLICE: args.workload.slice}
        metadata: ObjectMetaArgsDict = {"name": f"{work.name}-gate", "namespace": args.namespace, "labels": labels}
        here = Service(
            f"{name}-here",
            metadata={"name": f"{work.name}-here", "namespace": args.namespace, "labels": workload_labels(work)},
            spec=_here(work),
            opts=child,
        )
        code = ConfigMap(f"{name}-code", metadata=metadata, data=args.files, opts=child)
        peers = [f"{address}/32" for peer in args.site.spec.peers for address in peer.addresses]
        NetworkPolicy(
            f"{name}-peers",
            metadata=metadata,
            spec={
                "pod_selector": {"match_labels": front_selector(work)},
                "policy_types": ["Egress"],
                "egress": [{"to": [{"ip_block": {"cidr": one}} for one in peers]}] if peers else [],
            },
            opts=child,
        )
        Deployment(
            f"{name}-gate",
            metadata=metadata,
            spec={
                "replicas": 1,
                # Two gates at once might send requests two ways.
                "strategy": {"type": "Recreate"},
                "selector": {"match_labels": front_selector(work)},
                "template": {
                    "metadata": {"labels": labels, "annotations": told_apart(args.files)},
                    "spec": _pod(args),
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[here, code]),
        )
        self.register_outputs({})

    @classmethod
    def of(cls, site: Site, workload: Workload) -> Gate | None:
        """Return the gate of a site's workload if it moves."""
        if not workload.gated:
            return None
        namespace, files = site.slice(workload.slice).namespace, gate_files()
        return cls(f"{workload.name}-gate", GateArgs(site, workload, namespace, gate_image(site), files))


def _here(work: Workload) -> ServiceSpecArgsDict:
    spec: ServiceSpecArgsDict = {"selector": workload_selector(work.name), "ports": service_ports(work)}
    if not work.carried:
        return spec
    # The carrier is called before the workload starts, and the workload as soon as it listens.
    carrier: ServicePortArgsDict = {"name": "carrier", "protocol": "TCP", "port": PORT, "target_port": PORT}
    return {**spec, "ports": [*service_ports(work), carrier], "publish_not_ready_addresses": True}


def _pod(args: GateArgs) -> PodSpecArgsDict:
    work = args.workload
    (port,) = work.tcp_ports
    here = f"{work.name}-here.{args.namespace}.svc.cluster.local"
    told = {
        "PORT": str(port.target),
        "APP": f"{here}:{port.port}",
        "CARRIER": f"{here if work.carried else '127.0.0.1'}:{PORT}",
        "CODE": CODE,
        "FIRST": "local" if work.is_home(args.site.name) else "closed",
    }
    return {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": 30,
        "security_context": nobody(),
        "containers": [
            {
                "name": "gate",
                "image": args.image,
                "image_pull_policy": "IfNotPresent",
                "stdin": True,
                "command": ["python3", "-BIS", f"{CODE}/__main__.py"],
                "env": [{"name": key, "value": value} for key, value in told.items()],
                "ports": [{"name": "http", "container_port": port.target, "protocol": "TCP"}],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "96Mi"},
                    "limits": {"cpu": "2", "memory": "96Mi"},
                },
                "readiness_probe": {"http_get": {"path": "/", "port": HEALTH}, "period_seconds": 2},
                "security_context": confined(),
                "volume_mounts": [
                    {"name": "code", "mount_path": CODE, "read_only": True},
                    {"name": "work", "mount_path": "/gate"},
                    {"name": "state", "mount_path": "/gate-state", "read_only": True},
                    {"name": "key", "mount_path": "/gate-key", "read_only": True},
                ],
            }
        ],
        "volumes": [
            code_volume(work),
            {"name": "work", "empty_dir": {"size_limit": "16Mi"}},
            state_volume(work),
            {"name": "key", "secret": {"secret_name": f"{work.name}-gate-key", "optional": True}},
        ],
    }
