"""A virtual machine in a pod: QEMU beside the disk's image, run by machine/, with no privilege at all.

The image is mounted as a volume (kubernetes.io/docs/concepts/storage/volumes/#image, from v1.35 on); what the guest
writes goes to a layer that ends with the pod, as a container's root file system does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from mecctl.model import KUBEVIRT
from mecctl.model.images import machine_image
from stacks.components.labels import workload_labels
from stacks.components.probes import PATIENT, ask_as_told
from stacks.components.shipped import shipped, told_apart

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, EnvVarArgsDict, PodSpecArgsDict, ProbeArgsDict

    from mecctl.model import Site, Workload

CODE, WORK, DISK = "/opt/machine", "/machine", "/disk"
GRACE = 60
"""Seconds that a guest gets to go down once its power button was pressed."""
_LOOK: ProbeArgsDict = {"exec_": {"command": ["test", "-e", f"{WORK}/ready"]}}
# Every look costs 0.15 CPU-seconds, so only a machine that starts is looked at often.
_STARTED: ProbeArgsDict = {**_LOOK, "period_seconds": 1, "failure_threshold": PATIENT}
_READY: ProbeArgsDict = {**_LOOK, "period_seconds": 5, "failure_threshold": 2}


@dataclass(frozen=True)
class MachineArgs:
    """The workload, which is a machine, its namespace, and the image with QEMU."""

    workload: Workload
    namespace: str
    image: str


class MachineRunner(pulumi.ComponentResource):
    """The ConfigMap `<workload>-machine` with what runs the machine and its user data, and the pod's part of it."""

    def __init__(self, name: str, args: MachineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:MachineRunner", name, None, opts)
        machine = args.workload.vm
        assert machine is not None  # noqa: S101 - who makes one has looked
        self._workload, self._machine, self._image = args.workload, machine, args.image
        self._name = f"{args.workload.name}-machine"
        files = shipped("machine").files
        if machine.cloud_init is not None:
            files["user-data"] = machine.cloud_init
        self.annotations = told_apart(files)
        ConfigMap(
            f"{name}-config",
            metadata={
                "name": self._name,
                "namespace": args.namespace,
                "labels": workload_labels(args.workload),
            },
            data=files,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    @classmethod
    def of(cls, site: Site, workload: Workload) -> MachineRunner | None:
        """Return what runs a site's workload if it is a machine that QEMU runs."""
        if workload.vm is None or site.runs_as(workload) == KUBEVIRT:
            return None
        namespace = site.slice(workload.slice).namespace
        return cls(f"{workload.name}-machine", MachineArgs(workload, namespace, machine_image(site)))

    def put(self, pod: PodSpecArgsDict, container: ContainerArgsDict) -> None:
        """Make a workload's pod, and its only container, those of the machine."""
        workload = self._workload
        container["image"] = self._image
        # With -I no folder of the pod's is looked through for modules, with -B none is written.
        container["command"] = ["python3", "-BIS", f"{CODE}/__main__.py"]
        container["env"] = self._settings()
        container["volume_mounts"] = [
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108 the pod's own
            {"name": "code", "mount_path": CODE, "read_only": True},
            {"name": "work", "mount_path": WORK},
            {"name": "disk", "mount_path": DISK, "read_only": True},
        ]
        for probe in ("startup_probe", "readiness_probe", "liveness_probe"):
            container.pop(probe, None)  # type: ignore[misc]
        if not workload.probes.readiness:
            container["startup_probe"], container["readiness_probe"] = _STARTED, _READY
        ask_as_told(container, workload)
        pod["termination_grace_period_seconds"] = GRACE
        pod["volumes"] = [
            {"name": "tmp", "empty_dir": {"size_limit": "64Mi"}},
            {"name": "code", "config_map": {"name": self._name}},
            {"name": "work", "empty_dir": {}},
            {"name": "disk", "image": {"reference": self._machine.disk, "pull_policy": "IfNotPresent"}},
        ]

    def _settings(self) -> list[EnvVarArgsDict]:
        ports = dict.fromkeys(f"{port.protocol.lower()}:{port.target}" for port in self._workload.ports)
        told = {
            "NAME": self._workload.name,
            "CPUS": str(self._machine.cpus),
            "MEMORY": str(self._machine.mebibytes),
            "PORTS": ",".join(ports),
        }
        instance: EnvVarArgsDict = {"name": "INSTANCE", "value_from": {"field_ref": {"field_path": "metadata.uid"}}}
        plain: list[EnvVarArgsDict] = [{"name": name, "value": value} for name, value in told.items()]
        return [*plain, instance]
