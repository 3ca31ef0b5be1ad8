"""The pod of a workload, one that Pod Security `restricted` admits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components import storage
from stacks.components.availability import spread
from stacks.components.environment import VERSION
from stacks.components.labels import priority_class, workload_labels
from stacks.components.placement import place
from stacks.components.probes import ask

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        ContainerArgsDict,
        EnvVarArgsDict,
        PodSecurityContextArgsDict,
        PodSpecArgsDict,
        PodTemplateSpecArgsDict,
        SecurityContextArgsDict,
    )

    from mecctl.model import Resources
    from stacks.components.workload import SliceWorkloadArgs

# Not an id that an image is likely to give meaning to; `runAsNonRoot` alone fails on images that name their user.
RUN_AS = 65532


def pod_template(args: SliceWorkloadArgs) -> PodTemplateSpecArgsDict:
    """Return what a Deployment or a StatefulSet makes pods from; other secrets or files make other pods."""
    notes = {
        name: one for part in (args.files, args.runner, args.carrier) if part for name, one in part.annotations.items()
    }
    if args.version:
        notes[VERSION] = args.version
    labels = workload_labels(args.workload)
    return {
        "metadata": {"labels": labels, "annotations": notes} if notes else {"labels": labels},
        "spec": _pod(args),
    }


def nobody() -> PodSecurityContextArgsDict:
    """Return the security context of a pod that runs as nobody in particular, whose volumes are that user's."""
    return {
        "run_as_non_root": True,
        "run_as_user": RUN_AS,
        "run_as_group": RUN_AS,
        "fs_group": RUN_AS,
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def confined() -> SecurityContextArgsDict:
    """Return the security context of a container that has no privilege and can't get any."""
    return {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def _pod(args: SliceWorkloadArgs) -> PodSpecArgsDict:
    files = args.files.volumes() if args.files else []
    user = nobody()
    if args.workload.storage:
        user["fs_group_change_policy"] = "OnRootMismatch"  # or every start of a pod walks all that is on its volumes
    container = _container(args)
    spec: PodSpecArgsDict = {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": user,
        "topology_spread_constraints": [spread(args.workload, args.slice)],
        "containers": [container],
        # The root file system is read-only and most programs want to write somewhere.
        "volumes": [{"name": "tmp", "empty_dir": {"size_limit": "64Mi"}}, *files],
    }
    if args.runner:
        args.runner.put(spec, container)
    if args.carrier:
        args.carrier.put(spec, confined())
    place(spec, args.workload, args.slice, args.reserved, args.near)
    if args.slice.qos:
        spec["priority_class_name"] = priority_class(args.slice.qos)
    return spec


def _container(args: SliceWorkloadArgs) -> ContainerArgsDict:
    workload = args.workload
    plain: list[EnvVarArgsDict] = [{"name": name, "value": value} for name, value in workload.plain_env.items()]
    files = args.files.mounts() if args.files else []
    pod_ports = dict.fromkeys((port.protocol, port.target) for port in workload.ports)
    container: ContainerArgsDict = {
        "name": workload.name,
        "image": workload.image,
        "image_pull_policy": "IfNotPresent",
        "ports": [
            {"name": f"{protocol.lower()}-{port}", "container_port": port, "protocol": protocol}
            for protocol, port in pod_ports
        ],
        "env": [*plain, *(args.secret.variables() if args.secret else [])],
        "security_context": confined(),
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}, *storage.mounts(workload), *files],  # noqa: S108 the pod's own
    }
    if workload.command:
        container["command"] = list(workload.command)
    if workload.args:
        container["args"] = list(workload.args)
    if workload.resources:
        amounts = _amounts(workload.resources)
        container["resources"] = {"requests": amounts, "limits": amounts}
    ask(container, workload)
    return container


def _amounts(resources: Resources) -> dict[str, str]:
    return {
        name: amount for name, amount in (("cpu", resources.cpu), ("memory", resources.memory)) if amount is not None
    }
