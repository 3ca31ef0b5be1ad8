"""A lab's life: a site's nodes as containers or virtual machines, on a network that leads nowhere else."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError
from mecctl.lab import image, keys, machine, removal
from mecctl.lab.containers import Podman
from mecctl.lab.ground import Ground
from mecctl.lab.layout import containers, layout, machines
from mecctl.lab.making import Making
from mecctl.lab.names import Names
from mecctl.lab.vms import box, daemon
from mecctl.lab.vms import making as vms
from mecctl.sitelock import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder


@dataclass(frozen=True)
class NodeStatus:
    """A node of the lab; `state` is podman's or libvirt's (running, exited, paused, …) or absent."""

    name: str
    address: str
    state: str


def up(folder: SiteFolder, store: Store, progress: Progress, *, ground_only: bool = False) -> None:
    """Make the site's lab complete: what runs stays, what is missing, stopped or half made is put right.

    With `ground_only`, all but virtual machines themselves, which Vagrant may then make from the project's Vagrantfile.
    Raises InputError for a site that can't be a lab here, LockedError while another run works on this lab, MecctlError
    for a conflict or a node that doesn't come up; the other nodes' work is kept.
    """
    plan, virtual, contained = layout(folder), machines(folder.site), containers(folder.site)
    assert folder.site.spec.lab  # noqa: S101 - the layout refuses a site without
    with _working(folder, "lab up", containers=bool(contained)) as podman:
        _check_kinds(folder, podman)
        ground = Ground(folder, plan, lambda other: removal.remove(podman, other), progress)
        beside = vms.Making(ground, virtual, folder.site.spec.lab, store, progress)
        if virtual:
            beside.check()
        making = Making(ground, contained, store, podman, progress) if podman else None
        present = making.keep_what_fits() if making else {}
        ground.make_network(contained)
        if making and contained:
            making.complete(present)
        if virtual:
            beside.prepare() if ground_only else beside.complete()


def _check_kinds(folder: SiteFolder, podman: Podman | None) -> None:
    """Raise MecctlError when a node is up as the other kind than the site says."""
    lab_id = Names(folder.site.name, folder.path).id
    virtual, contained = ({node.name for node in kind(folder.site)} for kind in (machines, containers))
    if podman and virtual & {one.node for one in podman.containers(lab_id)}:
        raise _other_kind(folder, "containers")
    if contained & vms.made(folder) or (not virtual and list(daemon.leftovers(lab_id))):
        raise _other_kind(folder, "virtual machines")


def down(folder: SiteFolder, progress: Progress, *, purge: bool = False) -> None:
    """Remove all there is of the site's lab, in whatever state.

    The node image and box stay for the next lab, and go with `purge` unless another lab uses them. Raises LockedError,
    and MecctlError that names what could not be removed.
    """
    names = Names(folder.site.name, folder.path)
    access = folder.site.spec.access
    with _working(folder, "lab down", containers=False) as podman:
        progress.begin("lab")
        removal.remove(podman, names.id)
        keys.remove_user_key(folder.resolve(access.private_key), names.id)
        keys.record_hosts(folder.resolve(access.known_hosts), names.id, ())
        if purge and podman:
            image.purge(podman)
        if purge:
            box.purge(Store())
        removal.remove_state(_state(folder))
        progress.end("lab", "removed")


def status(folder: SiteFolder) -> tuple[NodeStatus, ...]:
    """Return the state of every node of the site's lab."""
    _require_root()
    names = Names(folder.site.name, folder.path)
    states = daemon.states(names.id, names.node(""))
    if containers(folder.site):
        states |= {one.node: one.state for one in Podman().containers(names.id)}
    return tuple(NodeStatus(one.name, one.address, states.get(one.name, "absent")) for one in folder.site.nodes)


@contextmanager
def _working(folder: SiteFolder, command: str, *, containers: bool) -> Iterator[Podman | None]:
    """Hold the lab for this process and hand out a podman that is set up for this machine.

    None where podman isn't installed, unless `containers` are to be made.
    """
    _require_root()
    here = machine.read()
    if containers and here.cgroup_fault:
        raise MecctlError("containers can't run systemd on this machine", why=here.cgroup_fault, fix="mecctl doctor")
    with hold(_state(folder), command):
        yield Podman.configured(_state(folder), here) if containers or shutil.which("podman") else None


def _other_kind(folder: SiteFolder, what: str) -> MecctlError:
    return MecctlError(
        f"the lab of {folder.site.name} is up as {what}",
        why="its nodes can't become another kind and keep what is on them",
        fix=f"mecctl lab down {folder.path}, then the same command again",
    )


def with_driver(folder: SiteFolder, chosen: Literal["podman", "vagrant"]) -> SiteFolder:
    """Return a site all of whose lab is made by one driver; a site without a lab stays as it is."""
    spec = folder.site.spec
    if spec.lab is None:
        return folder
    lab = spec.lab.model_copy(update={"driver": chosen, "machines": ()})
    site = folder.site.model_copy(update={"spec": spec.model_copy(update={"lab": lab})})
    return replace(folder, site=site)


def _require_root() -> None:
    if not machine.is_root():
        raise MecctlError(
            "a lab needs root",
            why="it makes network namespaces, interfaces and privileged containers",
            fix="run the same command with sudo",
        )


def _state(folder: SiteFolder) -> Path:
    return folder.state / "lab"
