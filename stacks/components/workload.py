"""A workload of a slice: a Deployment that Pod Security `restricted` admits, and a Service of all its ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import Service

from stacks.components.availability import Disruption, DisruptionArgs, spread
from stacks.components.environment import VERSION
from stacks.components.labels import priority_class, workload_labels, workload_selector
from stacks.components.placement import place

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, EnvVarArgsDict, PodSpecArgsDict, ProbeArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Resources, Slice, Workload
    from stacks.components.environment import Environment

# Not an id that an image is likely to give meaning to; `runAsNonRoot` alone fails on images that name their user.
RUN_AS = 65532


@dataclass(frozen=True)
class SliceWorkloadArgs:
    """The workload, the slice it runs in, the pools of nodes that other slices have to themselves, its secrets."""

    workload: Workload
    slice: Slice
    reserved: tuple[str, ...] = ()
    secret: Environment | None = None


class SliceWorkload(pulumi.ComponentResource):
    """The Deployment, and with any ports the Service, both named like the workload."""

    def __init__(self, name: str, args: SliceWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:SliceWorkload", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        workload, namespace = args.workload, args.slice.namespace
        labels, selector = workload_labels(workload), workload_selector(workload.name)
        Deployment(
            f"{name}-deployment",
            metadata={"name": workload.name, "namespace": namespace, "labels": labels},
            spec={
                "replicas": workload.replicas,
                # A slice's quota may leave no room for one pod more; with two replicas one can make room instead.
                "strategy": {
                    "type": "RollingUpdate",
                    "rolling_update": {"max_surge": 1, "max_unavailable": min(workload.replicas - 1, 1)},
                },
                "selector": {"match_labels": selector},
                "template": {"metadata": _about(args), "spec": _pod(args)},
            },
            opts=child,
        )
        if workload.ports:
            Service(
                f"{name}-service",
                metadata={"name": workload.name, "namespace": namespace, "labels": labels},
                spec={
                    "selector": selector,
                    "ports": [
                        {"name": f"tcp-{port}", "protocol": "TCP", "port": port, "target_port": port}
                        for port in workload.ports
                    ],
                },
                opts=child,
            )
        if args.slice.availability is not None and workload.replicas > 1:
            Disruption(f"{name}-disruption", DisruptionArgs(workload, namespace), child)
        self.register_outputs({})


def _about(args: SliceWorkloadArgs) -> ObjectMetaArgsDict:
    about: ObjectMetaArgsDict = {"labels": workload_labels(args.workload)}
    if args.secret:
        about["annotations"] = {VERSION: args.secret.version}
    return about


def _pod(args: SliceWorkloadArgs) -> PodSpecArgsDict:
    spec: PodSpecArgsDict = {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": RUN_AS,
            "run_as_group": RUN_AS,
            "fs_group": RUN_AS,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "topology_spread_constraints": [spread(args.workload, args.slice)],
        "containers": [_container(args.workload, args.secret)],
        # The root file system is read-only and most programs want to write somewhere.
        "volumes": [{"name": "tmp", "empty_dir": {"size_limit": "64Mi"}}],
    }
    place(spec, args.slice, args.reserved)
    if args.slice.qos:
        spec["priority_class_name"] = priority_class(args.slice.qos)
    return spec


def _container(workload: Workload, secret: Environment | None) -> ContainerArgsDict:
    plain: list[EnvVarArgsDict] = [{"name": name, "value": value} for name, value in workload.plain_env.items()]
    container: ContainerArgsDict = {
        "name": workload.name,
        "image": workload.image,
        "image_pull_policy": "IfNotPresent",
        "ports": [{"name": f"tcp-{port}", "container_port": port, "protocol": "TCP"} for port in workload.ports],
        "env": [*plain, *(secret.variables() if secret else [])],
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],  # noqa: S108 the pod's own
    }
    if workload.command:
        container["command"] = list(workload.command)
    if workload.args:
        container["args"] = list(workload.args)
    if workload.resources:
        amounts = _amounts(workload.resources)
        container["resources"] = {"requests": amounts, "limits": amounts}
    if workload.ports:
        container["startup_probe"] = _connects(workload.ports[0], period=1, failures=120)
        container["readiness_probe"] = _connects(workload.ports[0], period=5, failures=2)
        container["liveness_probe"] = _connects(workload.ports[0], period=10, failures=3)
    return container


def _amounts(resources: Resources) -> dict[str, str]:
    return {
        name: amount for name, amount in (("cpu", resources.cpu), ("memory", resources.memory)) if amount is not None
    }


def _connects(port: int, *, period: int, failures: int) -> ProbeArgsDict:
    return {"tcp_socket": {"port": port}, "period_seconds": period, "failure_threshold": failures}
