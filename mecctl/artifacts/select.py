"""What each node of a site needs, by its distribution, its roles and the images of the site's workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.lock import load_lock
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact, Lock
    from mecctl.model.node import Node
    from mecctl.model.site import Site
    from mecctl.model.workload import Workload
    from mecctl.sitefile import SiteFolder

_KUBEADM = ("containerd", "containerd-shim-runc-v2", "ctr", "kubelet", "kubeadm")


def site_lock(folder: SiteFolder) -> Path:
    """Return where a site's own lock file stands, if it has one."""
    return folder.path / "artifacts.lock.yaml"


def for_site(folder: SiteFolder, seen: Mapping[str, str] | None = None) -> dict[str, tuple[Artifact, ...]]:
    """Return what every node of a site needs by the locks that apply, by node name; raises as `for_nodes` does.

    `seen` are the architectures that were found out, by node name; else what the site file says counts, else amd64.
    """
    site = folder.site
    arch = {node.name: node.arch or "amd64" for node in site.nodes} | dict(seen or {})
    return for_nodes(site, arch, load_lock(site_lock(folder), lab=site.spec.lab is not None))


def for_nodes(site: Site, arch: Mapping[str, str], lock: Lock) -> dict[str, tuple[Artifact, ...]]:
    """Return what every node needs, by node name; `arch` is each node's architecture, as declared or found out.

    A lab's nodes reach no registry, so they get every image too; elsewhere nodes pull images themselves. Raises
    MecctlError when the lock has no such artifact, has it in another version than the site wants, or lacks the image
    of a lab's workload.
    """
    needed = {node.name: _for_node(site, node, arch[node.name], lock) for node in site.nodes}
    _check_versions(site, (artifact for artifacts in needed.values() for artifact in artifacts))
    return needed


def _for_node(site: Site, node: Node, arch: str, lock: Lock) -> tuple[Artifact, ...]:
    names = {"k3s": _k3s, "kubeadm": _kubeadm, "existing": _existing}[site.kubernetes.distribution](
        site, node, arch, lock
    )
    found = [lock.find(name, arch) for name in names]
    if site.spec.lab is not None:
        workloads = [work for work in site.workloads if work.architecture in (None, arch)]
        found += [lock.find("qemu-image", arch)] if any(work.vm for work in workloads) else []
        found += [lock.find("gate-image", arch)] if any(work.gated for work in site.workloads) else []
        found += _workload_images(workloads, arch, lock)
    return tuple({artifact.key: artifact for artifact in found}.values())


def _k3s(_site: Site, _node: Node, arch: str, lock: Lock) -> list[str]:
    # The images are an extra for nodes without a registry: they come along once somebody has pinned them.
    pinned = [a.name for a in lock.artifacts if a.name == "k3s-airgap-images" and a.arch == arch and a.sha256]
    return ["k3s", *pinned]


def _kubeadm(site: Site, node: Node, _arch: str, _lock: Lock) -> list[str]:
    programs = [*_KUBEADM, *(["kubectl"] if node.is_server else [])]
    if site.spec.lab is None:
        return programs
    return [*programs, *(["kubeadm-server-images"] if node.is_server else []), "kubeadm-node-images", "probe-image"]


def _existing(_site: Site, _node: Node, _arch: str, _lock: Lock) -> list[str]:
    return []


def _workload_images(workloads: Sequence[Workload], arch: str, lock: Lock) -> list[Artifact]:
    archives = {ref: a for a in lock.artifacts if a.arch == arch for ref in a.images}
    missing = sorted({workload.image for workload in workloads} - archives.keys())
    if missing:
        raise MecctlError(
            f"the lab can't get the workload image {', '.join(missing)} for {arch}",
            why="a lab's nodes reach no registry, so an image must come from the artifact lock, which has "
            + ", ".join(sorted(archives)),
            fix="use one of those, add an archive of the image to the site's artifacts.lock.yaml, or keep the workload "
            f"from {arch} nodes by its field architecture",
        )
    return [archives[image] for image in dict.fromkeys(workload.image for workload in workloads)]


def _check_versions(site: Site, artifacts: Iterable[Artifact]) -> None:
    deciding = {"k3s": "k3s", "kubeadm": "kubelet"}.get(site.kubernetes.distribution)
    for artifact in artifacts:
        if artifact.name == deciding and artifact.version != site.kubernetes.version:
            raise MecctlError(
                f"the site wants Kubernetes {site.kubernetes.version}, the artifact lock has {artifact.version}",
                where=f"spec.kubernetes.version of {site.name}",
                fix=f"write version: {artifact.version}, or pin the other one in the site's artifacts.lock.yaml",
            )
