"""Beside a workload that moves with its volumes: what brings them to the other site and lets it start there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.model.images import gate_image
from stacks.components.probes import PATIENT
from stacks.components.shipped import shipped, told_apart

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, SecurityContextArgsDict, VolumeArgsDict

    from mecctl.model import Site, Workload

CODE, PORT = "/opt/gate", 9479
NAME = "carrier"


@dataclass(frozen=True)
class Carrier:
    """A container that starts before the workload's own, and lets it start (a sidecar, Kubernetes 1.33 or newer)."""

    workload: Workload
    image: str
    home: bool

    @classmethod
    def of(cls, site: Site, workload: Workload) -> Carrier | None:
        """Return the carrier of a site's workload if it moves with its volumes."""
        return cls(workload, gate_image(site), workload.is_home(site.name)) if workload.carried else None

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations that tell pods with other code apart."""
        return told_apart(gate_files())

    def put(self, pod: PodSpecArgsDict, confined: SecurityContextArgsDict) -> None:
        """Put it into a workload's pod, where it sees the workload's processes and volumes."""
        pod["share_process_namespace"] = True
        pod["init_containers"] = [self._container(confined)]
        work = self.workload
        pod["volumes"] = [*pod["volumes"], code_volume(work), state_volume(work)]  # type: ignore[misc]

    def _container(self, confined: SecurityContextArgsDict) -> ContainerArgsDict:
        work = self.workload
        (port,) = work.tcp_ports
        told = {"LISTENS": str(port.target), "FIRST": "local" if self.home else "closed"}
        own = [{"name": one.name, "mount_path": f"/volumes/{one.name}"} for one in work.storage]
        return {
            "name": NAME,
            "image": self.image,
            "image_pull_policy": "IfNotPresent",
            "restart_policy": "Always",
            "stdin": True,
            "command": ["python3", "-BIS", f"{CODE}/carrier.py"],
            "env": [{"name": key, "value": value} for key, value in told.items()],
            "resources": {
                "requests": {"cpu": "20m", "memory": "128Mi"},
                "limits": {"cpu": "1", "memory": "128Mi"},
            },
            # Until it has, the workload's own container isn't started.
            "startup_probe": {
                "http_get": {"path": "/started", "port": PORT},
                "period_seconds": 1,
                "failure_threshold": PATIENT,
            },
            "security_context": confined,
            "volume_mounts": [
                {"name": "code", "mount_path": CODE, "read_only": True},
                {"name": "state", "mount_path": "/gate-state", "read_only": True},
                *own,  # type: ignore[list-item]
            ],
        }


def gate_files() -> dict[str, str]:
    """Return the files of gate/ by name."""
    return shipped("gate", *FILES).files


def code_volume(work: Workload) -> VolumeArgsDict:
    """Return the volume `code` with the gate's files."""
    return {"name": "code", "config_map": {"name": f"{work.name}-gate"}}


def state_volume(work: Workload) -> VolumeArgsDict:
    """Return the volume `state` with what moves write down: which site has the workload."""
    return {"name": "state", "config_map": {"name": f"{work.name}-gate-state", "optional": True}}


FILES = (
    "__init__.py",
    "__main__.py",
    "carrier.py",
    "context.py",
    "control.py",
    "desk.py",
    "processes.py",
    "record.py",
    "switch.py",
    "trees.py",
    "gate.lua",
    "haproxy.cfg",
)
