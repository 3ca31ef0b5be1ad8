"""Storage that outlives a workload's pods."""

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.quantity import Memory
from mecctl.model.types import DnsName, MountPath, VolumeName


class Storage(Model):
    """A volume of each replica's own (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/)."""

    name: VolumeName = Field(
        description="Name of the volume; each replica's claim is called <name>-<workload>-<number>."
    )
    path: MountPath = Field(description="Folder where the program finds it.")
    size: Memory = Field(
        description="Its size with the unit, for example 1Gi; an existing claim keeps the size it has."
    )
    class_: DnsName | None = Field(
        None, alias="class", description="StorageClass that provides it; the cluster's default if left out."
    )
