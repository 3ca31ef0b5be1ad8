"""Checks of workloads that are virtual machines: that something runs them, and that all they say is a machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place
    from mecctl.model import Workload
    from mecctl.sitefile.view import View

_CONTAINERS = {
    "command": "its disk says what starts",
    "args": "its disk says what starts",
    "env": "cloudInit: gives it settings",
    "files": "cloudInit: gives it files",
    "storage": "volumes of machines aren't built yet",
}
_QEMU = "amd64"
"""What QEMU in a pod is built for."""


def own_fields(view: View) -> Iterator[Finding]:
    """A machine has nothing of what only containers have, and one architecture: its disk's."""
    for work, place in _machines(view):
        for key, why in _CONTAINERS.items():
            if getattr(work, key):
                yield Finding((*place, key), f"{work.name} is a virtual machine: {why}", f"no {key}:")
        if work.architecture is None:
            what = f"is missing: the disk of {work.name} starts on one architecture only"
            yield Finding((*place, "architecture"), what, "amd64 or arm64")


def by_qemu(view: View) -> Iterator[Finding]:
    """QEMU in a pod has an image, and is of the machine's architecture."""
    if view.machines and view.machines.by == "kubevirt":
        return
    for work, place in _machines(view):
        if work.architecture not in {None, _QEMU}:
            what = f"QEMU in a pod is built for {_QEMU} only"
            yield Finding((*place, "architecture"), what, f"{_QEMU}, or machines: {{by: kubevirt}} under platform:")
        if view.lab is None and not (view.machines and view.machines.image):
            what = f"nothing runs {work.name}: the site names no image with QEMU"
            yield Finding((*place, "vm"), what, "machines: {image: …}, or {by: kubevirt}, under platform:")


def by_kubevirt(view: View) -> Iterator[Finding]:
    """KubeVirt runs one machine a workload, in pods that a hardened site's slices don't admit."""
    if view.machines is None or view.machines.by != "kubevirt":
        return
    if view.hardening == "cis" and any(True for _ in _machines(view)):
        what = "KubeVirt's pods have rights that the slices of a hardened site admit to nobody"
        yield Finding(("spec", "platform", "machines", "by"), what, "qemu, or hardening: none")
    for work, place in _machines(view):
        if work.scale or work.replicas > 1:
            what = f"KubeVirt runs one machine for {work.name}"
            yield Finding((*place, "scale" if work.scale else "replicas"), what, "1, or a workload for each")


def _machines(view: View) -> Iterator[tuple[Workload, Place]]:
    for index, work in view.workloads.valid.items():
        if work.vm:
            yield work, ("spec", "workloads", index)


CHECKS = (own_fields, by_qemu, by_kubevirt)
"""Every check of this module."""
