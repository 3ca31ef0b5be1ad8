"""A workload that is a virtual machine."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, Strict

from mecctl.model.base import Model
from mecctl.model.port import ServicePort
from mecctl.model.quantity import Memory, parse_memory, size
from mecctl.model.types import Image, fault

DEFAULT_MEMORY = "256Mi"
OVERHEAD = 192 * 2**20
"""Bytes of memory that QEMU takes beside its guest's: its program, and what it translates for another processor."""
CONSOLE = ("python3", "-BIS", "/opt/machine/console.py")
"""What attaches to a machine's console, in its pod."""


class Machine(Model):
    """A virtual machine: its disk, what it has, and what cloud-init finds in it at its first start."""

    disk: Image = Field(
        description="OCI image that holds the disk as the only file in /disk, raw or qcow2 (KubeVirt's containerDisk)."
    )
    cpus: Annotated[int, Strict(), Field(ge=1, le=64)] = Field(1, description="Number of processors.")
    memory: Memory = Field(DEFAULT_MEMORY, description="Memory of the guest with its unit, for example 512Mi.")
    cloud_init: str | None = Field(
        None, max_length=16384, description="User data for cloud-init (NoCloud), such as `#cloud-config` and YAML."
    )
    ports: tuple[ServicePort, ...] = Field((), description="Ports that the guest listens on; ports of its Service.")

    @property
    def mebibytes(self) -> int:
        """The guest's memory, rounded down."""
        return int(size(self.memory) // 2**20)


def filled(data: Any) -> Any:  # noqa: ANN401 - what YAML holds
    """Give a workload's raw data what follows from its `vm`: image and resources, and ports where vm has some.

    Raises PydanticCustomError where the workload says one of these otherwise itself.
    """
    machine = data.get("vm") if isinstance(data, dict) else None
    if isinstance(machine, BaseModel):
        machine = machine.model_dump(mode="json", by_alias=True)
    if not isinstance(machine, dict) or not isinstance(machine.get("disk"), str):
        return data
    follows = {"image": machine["disk"], "resources": _resources(machine), "ports": machine.get("ports")}
    for key, value in follows.items():
        if value and data.get(key) and data[key] != value:
            raise fault(f"vm: and {key}: say two things", f"{key}: only in vm:" if key == "ports" else f"no {key}:")
    return {**data, **{key: value for key, value in follows.items() if value}}


def _resources(machine: dict[str, Any]) -> dict[str, str] | None:
    """Return what a pod with the machine is given: its processors, and its memory with QEMU's own."""
    try:
        memory = parse_memory(machine.get("memory", DEFAULT_MEMORY))
    except ValueError:
        return None  # which is told of vm.memory
    whole = size(memory) + OVERHEAD
    return {"cpu": str(machine.get("cpus", 1)), "memory": parse_memory(f"{-(-whole // 2**20)}Mi")}
