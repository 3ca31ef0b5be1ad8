"""A virtual machine by KubeVirt (kubevirt.io/api-reference, v1 VirtualMachine)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apiextensions import CustomResource

from mecctl.model import KUBEVIRT
from stacks.components.labels import priority_class, workload_labels
from stacks.components.machine import GRACE
from stacks.components.placement import place

if TYPE_CHECKING:
    import pulumi
    from pulumi_kubernetes.core.v1 import PodSpecArgsDict

    from mecctl.model import Machine
    from stacks.components.workload import SliceWorkloadArgs

_NODE = {"node_selector": "nodeSelector", "affinity": "affinity", "tolerations": "tolerations"}
_READY = {"pulumi.com/waitFor": "condition=Ready"}


def virtual_machine(name: str, args: SliceWorkloadArgs, opts: pulumi.ResourceOptions) -> CustomResource:
    """Declare the VirtualMachine of a workload; its pod bears the workload's labels, as its Service wants them."""
    workload, machine = args.workload, args.workload.vm
    assert machine is not None  # noqa: S101 - who calls this has looked
    api, kind = KUBEVIRT
    return CustomResource(
        f"{name}-machine",
        api_version=api,
        kind=kind,
        metadata={
            "name": workload.name,
            "namespace": args.slice.namespace,
            "labels": workload_labels(workload),
            "annotations": {**workload.annotations, **_READY},
        },
        spec={
            "runStrategy": "Always",
            "template": {"metadata": {"labels": workload_labels(workload)}, "spec": _spec(args, machine)},
        },
        opts=opts,
    )


def _spec(args: SliceWorkloadArgs, machine: Machine) -> dict[str, Any]:
    workload = args.workload
    ports = [{"name": one.label, "port": one.target, "protocol": one.protocol} for one in workload.ports]
    spec: dict[str, Any] = {
        "domain": {
            "cpu": {"cores": machine.cpus},
            "memory": {"guest": machine.memory},
            "devices": {
                "disks": [{"name": one, "disk": {"bus": "virtio"}} for one in ("disk", "seed")],
                # The pod's address is the guest's: what its ports get and it sends is under the slice's policies.
                "interfaces": [{"name": "pod", "masquerade": {}, "ports": ports}],
                "rng": {},
            },
        },
        "networks": [{"name": "pod", "pod": {}}],
        "volumes": [
            {"name": "disk", "containerDisk": {"image": machine.disk, "imagePullPolicy": "IfNotPresent"}},
            {"name": "seed", "cloudInitNoCloud": {"userData": machine.cloud_init or "#cloud-config\n{}\n"}},
        ],
        "architecture": workload.architecture,
        "terminationGracePeriodSeconds": GRACE,
    }
    if workload.tcp_ports:
        spec["readinessProbe"] = {"tcpSocket": {"port": workload.tcp_ports[0].target}, "periodSeconds": 5}
    if args.slice.qos:
        spec["priorityClassName"] = priority_class(args.slice.qos)
    return {**spec, **_placed(args)}


def _placed(args: SliceWorkloadArgs) -> dict[str, Any]:
    """Where it runs, in the API's own spelling."""
    pod: PodSpecArgsDict = {"containers": []}
    place(pod, args.workload, args.slice, args.reserved, args.near)
    return {api: _spelled(pod[key]) for key, api in _NODE.items() if key in pod}  # type: ignore[literal-required]


def _spelled(value: Any) -> Any:  # noqa: ANN401 - what a pod's spec holds
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    if isinstance(value, dict):
        return {_camel(key) if "/" not in key else key: _spelled(one) for key, one in value.items()}
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
