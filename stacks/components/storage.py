"""The volumes of a workload that outlive its pods: a claim for each replica, which the StatefulSet makes and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components.labels import workload_labels

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        PersistentVolumeClaimArgsDict,
        PersistentVolumeClaimSpecArgsDict,
        VolumeMountArgsDict,
    )

    from mecctl.model import Storage, Workload


def claims(workload: Workload) -> list[PersistentVolumeClaimArgsDict]:
    """Return the StatefulSet's templates of claims, one for each volume."""
    labels = workload_labels(workload)
    return [{"metadata": {"name": one.name, "labels": labels}, "spec": _claim(one)} for one in workload.storage]


def mounts(workload: Workload) -> list[VolumeMountArgsDict]:
    """Return where a container finds its volumes."""
    return [{"name": one.name, "mount_path": one.path} for one in workload.storage]


def _claim(storage: Storage) -> PersistentVolumeClaimSpecArgsDict:
    claim: PersistentVolumeClaimSpecArgsDict = {
        "access_modes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": storage.size}},
    }
    if storage.class_ is not None:
        claim["storage_class_name"] = storage.class_
    return claim
