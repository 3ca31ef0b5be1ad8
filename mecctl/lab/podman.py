"""The podman driver: a site's nodes as containers with systemd and SSH, on a network that leads nowhere else."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError
from mecctl.lab import image, keys, machine, removal
from mecctl.lab.containers import Podman
from mecctl.lab.layout import layout
from mecctl.lab.making import Making
from mecctl.lab.names import Names
from mecctl.sitelock import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.artifacts.store import Store
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder


@dataclass(frozen=True)
class NodeStatus:
    """A node of the lab; `state` is podman's (running, exited, paused, …) or absent."""

    name: str
    address: str
    state: str


def up(folder: SiteFolder, store: Store, progress: Progress) -> None:
    """Make the site's lab complete: what runs stays, what is missing, stopped or half made is put right.

    Raises InputError for a site that can't be a lab here, LockedError while another run works on this lab, MecctlError
    for a conflict or a node that doesn't come up; the other nodes' work is kept.
    """
    plan = layout(folder)
    with _working(folder, "lab up") as podman:
        Making(folder, plan, store, podman, progress).complete()


def down(folder: SiteFolder, progress: Progress, *, purge: bool = False) -> None:
    """Remove all there is of the site's lab, in whatever state.

    The node image stays for the next lab, and goes with `purge` unless another lab uses it. Raises LockedError, and
    MecctlError that names what could not be removed.
    """
    names = Names(folder.site.name, folder.path)
    access = folder.site.spec.access
    with _working(folder, "lab down") as podman:
        progress.begin("lab")
        removal.remove(podman, names.id)
        keys.remove_user_key(folder.resolve(access.private_key), names.id)
        keys.record_hosts(folder.resolve(access.known_hosts), names.id, ())
        if purge:
            image.purge(podman)
        removal.remove_state(_state(folder))
        progress.end("lab", "removed")


def status(folder: SiteFolder) -> tuple[NodeStatus, ...]:
    """Return the state of every node of the site's lab."""
    _require_root()
    states = {one.node: one.state for one in Podman().containers(Names(folder.site.name, folder.path).id)}
    return tuple(NodeStatus(one.name, one.address, states.get(one.name, "absent")) for one in folder.site.nodes)


@contextmanager
def _working(folder: SiteFolder, command: str) -> Iterator[Podman]:
    """Hold the lab for this process and hand out a podman that is set up for this machine."""
    _require_root()
    here = machine.read()
    if here.cgroup_fault:
        raise MecctlError("containers can't run systemd on this machine", why=here.cgroup_fault, fix="mecctl doctor")
    with hold(_state(folder), command):
        yield Podman.configured(_state(folder), here)


def _require_root() -> None:
    if not machine.is_root():
        raise MecctlError(
            "a lab needs root",
            why="it makes network namespaces, interfaces and privileged containers",
            fix="run the same command with sudo",
        )


def _state(folder: SiteFolder) -> Path:
    return folder.state / "lab"
