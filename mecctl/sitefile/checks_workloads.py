"""Checks inside one workload: replicas and scale, files and storage, probes, ports that the network carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.file import MAX_BYTES
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place
    from mecctl.model import Probe, Workload
    from mecctl.sitefile.view import View

_TMP = "/tmp"  # noqa: S108 the pod's own


def scale(view: View) -> Iterator[Finding]:
    """Replicas are a number or follow the load, and load is a share of what a replica is known to request."""
    for work, place in _each(view):
        if work.scale is None:
            continue
        if "replicas" in work.model_fields_set:
            yield Finding((*place, "replicas"), f"{work.name} has scale too", "one of them")
        part = next((one for one in view.slices.valid.values() if one.name == work.slice), None)
        own = work.resources and work.resources.cpu
        if part and not own and part.isolation == "none" and part.quota is None:
            what = f"{work.name} scales by a share of the CPU that it requests, and requests none"
            yield Finding((*place, "scale"), what, "resources: {cpu: …} beside it")


def paths(view: View) -> Iterator[Finding]:
    """No two files or volumes of a workload are at one path, and no file is where another needs a folder."""
    for work, place in _each(view):
        seen = {_TMP: "the pod's own folder for temporary files"}
        for spot, path, what in _spots(work, place):
            if path in seen:
                yield Finding(spot, f"{path} is also the path of {seen[path]}", "a path of its own")
            seen.setdefault(path, what)
        for at, one in enumerate(work.files):
            inside = next((path for path in seen if path.startswith(f"{one.path}/")), None)
            if inside:
                yield Finding((*place, "files", at, "path"), f"{one.path} is a folder of {inside}", "another path")


def volumes(view: View) -> Iterator[Finding]:
    """A workload's volumes have names of their own, and `tmp` is taken."""
    for work, place in _each(view):
        seen = {"tmp", "config-files", "secret-files"}
        for at, one in enumerate(work.storage):
            if one.name in seen:
                yield Finding((*place, "storage", at, "name"), f"{one.name} is taken", "each name once, and not tmp")
            seen.add(one.name)


def file_sizes(view: View) -> Iterator[Finding]:
    """All plain files of a workload fit into one ConfigMap."""
    for work, place in _each(view):
        size = sum(len(file.text.encode()) for file in work.files if file.text is not None)
        if size > MAX_BYTES:
            yield Finding((*place, "files"), f"the files are {size} bytes together", f"at most {MAX_BYTES}")


def probes(view: View) -> Iterator[Finding]:
    """A probe that names no port has a first TCP port to ask."""
    for work, place in _each(view):
        for name in ("startup", "readiness", "liveness"):
            probe: Probe | None = getattr(work.probes, name)
            if probe and not work.tcp_ports and _needs_port(probe):
                what = f"this asks no port, and {work.name} has no TCP port"
                yield Finding((*place, "probes", name), what, "port: with the number it listens on, or exec:")


def protocols(view: View) -> Iterator[Finding]:
    """Cilium carries SCTP only where it is told to, which mecctl doesn't."""
    if view.cni != "cilium":
        return
    for work, place in _each(view):
        for at, port in enumerate(work.ports):
            if port.protocol == "SCTP":
                what = "SCTP isn't carried by Cilium as mecctl installs it"
                yield Finding((*place, "ports", at), what, "TCP or UDP, or k3s with flannel")


def _spots(work: Workload, place: Place) -> Iterator[tuple[Place, str, str]]:
    for at, volume in enumerate(work.storage):
        yield (*place, "storage", at, "path"), volume.path, f"volume {volume.name}"
    for at, file in enumerate(work.files):
        yield (*place, "files", at, "path"), file.path, f"file {at + 1}"


def _needs_port(probe: Probe) -> bool:
    way = probe.http or probe.tcp
    return way is not None and way.port is None


def _each(view: View) -> Iterator[tuple[Workload, Place]]:
    return ((work, ("spec", "workloads", index)) for index, work in view.workloads.valid.items())


CHECKS = (scale, paths, volumes, file_sizes, probes, protocols)
"""Every check of this module."""
