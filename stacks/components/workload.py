"""A workload of a slice: a Deployment, or a StatefulSet where it has storage, and a Service of all its ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, StatefulSet
from pulumi_kubernetes.core.v1 import Service

from stacks.components.availability import Disruption, DisruptionArgs
from stacks.components.kubevirt import virtual_machine
from stacks.components.labels import front_selector, workload_labels, workload_selector
from stacks.components.pod import pod_template
from stacks.components.scaling import Scaling, ScalingArgs
from stacks.components.storage import claims

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict, StatefulSetSpecArgsDict
    from pulumi_kubernetes.core.v1 import ServicePortArgsDict, ServiceSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Slice, Workload
    from stacks.components.carrier import Carrier
    from stacks.components.environment import Environment
    from stacks.components.files import Files
    from stacks.components.machine import MachineRunner


@dataclass(frozen=True)
class SliceWorkloadArgs:
    """The workload, the slice it runs in, the pools of nodes that other slices have to themselves, its secrets, files.

    `near` are the nodes that are close enough to its users, None where any is. If it is a machine, `runner` runs it, or
    KubeVirt does; if it moves with its volumes, `carrier` is beside it. `version` changes with the values of its
    secrets, in variables and in files.
    """

    workload: Workload
    slice: Slice
    reserved: tuple[str, ...] = ()
    secret: Environment | None = None
    files: Files | None = None
    version: str | None = None
    near: tuple[str, ...] | None = None
    runner: MachineRunner | None = None
    carrier: Carrier | None = None


class SliceWorkload(pulumi.ComponentResource):
    """The Deployment or StatefulSet, and with any ports the Service, all named like the workload."""

    def __init__(self, name: str, args: SliceWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:SliceWorkload", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        workload, namespace = args.workload, args.slice.namespace
        about: ObjectMetaArgsDict = {
            "name": workload.name,
            "namespace": namespace,
            "labels": workload_labels(workload),
        }
        noted: ObjectMetaArgsDict = {**about, "annotations": workload.annotations} if workload.annotations else about
        after = pulumi.ResourceOptions(parent=self, depends_on=[one for one in (args.files, args.runner) if one])
        if workload.vm and args.runner is None:
            virtual_machine(name, args, after)
        elif workload.storage:
            StatefulSet(f"{name}-statefulset", metadata=noted, spec=_stateful_set(args), opts=_unscaled(args, after))
        else:
            Deployment(f"{name}-deployment", metadata=noted, spec=_deployment(args), opts=after)
        if workload.ports:
            Service(f"{name}-service", metadata=about, spec=_service(workload), opts=child)
        if workload.scale:
            Scaling(f"{name}-scaling", ScalingArgs(workload, workload.scale, namespace), child)
        if args.slice.availability is not None and workload.fewest > 1:
            Disruption(f"{name}-disruption", DisruptionArgs(workload, namespace), child)
        self.register_outputs({})


def _deployment(args: SliceWorkloadArgs) -> DeploymentSpecArgsDict:
    workload = args.workload
    spec: DeploymentSpecArgsDict = {
        # A slice's quota may leave no room for one pod more; with two replicas one can make room instead.
        "strategy": {
            "type": "RollingUpdate",
            # A machine's room is counted once: the old one goes down before its successor starts.
            "rolling_update": {
                "max_surge": 0 if workload.vm else 1,
                "max_unavailable": 1 if workload.vm else min(workload.fewest - 1, 1),
            },
        },
        "selector": {"match_labels": workload_selector(workload.name)},
        "template": pod_template(args),
    }
    # Replicas by load are the autoscaler's to write.
    return spec if workload.scale else {"replicas": workload.replicas, **spec}


def _stateful_set(args: SliceWorkloadArgs) -> StatefulSetSpecArgsDict:
    workload = args.workload
    spec: StatefulSetSpecArgsDict = {
        "service_name": workload.name,
        # In order, a pod that never gets ready keeps its own mended successor from being started.
        "pod_management_policy": "Parallel",
        "selector": {"match_labels": workload_selector(workload.name)},
        "template": pod_template(args),
        "volume_claim_templates": claims(workload),
    }
    if args.carrier:
        return {"replicas": int(args.carrier.home), **spec}
    return spec if workload.scale else {"replicas": workload.replicas, **spec}


def _unscaled(args: SliceWorkloadArgs, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Leave it to moves whether there is a pod of what takes its volumes along."""
    kept = pulumi.ResourceOptions(ignore_changes=["spec.replicas"]) if args.carrier else None
    return pulumi.ResourceOptions.merge(opts, kept)


def _service(workload: Workload) -> ServiceSpecArgsDict:
    return {"selector": front_selector(workload), "ports": service_ports(workload)}


def service_ports(workload: Workload) -> list[ServicePortArgsDict]:
    """The ports of a Service of this workload."""
    return [
        {"name": port.label, "protocol": port.protocol, "port": port.port, "target_port": port.target}
        for port in workload.ports
    ]
