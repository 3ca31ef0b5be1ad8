"""Takes a lab away, whole or half dead, and says what would not go."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import CommandError, MecctlError
from mecctl.lab import firewall, ip, network
from mecctl.lab.host import exclusive
from mecctl.lab.names import link_of
from mecctl.lab.vms import daemon
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.lab.containers import Podman

_CGROUPS = Path("/sys/fs/cgroup")
_DYING = 5.0  # seconds that the kernel may take to let go of the groups of killed processes
_PAUSE = 0.05


def remove(podman: Podman | None, lab_id: str) -> None:
    """Remove the lab's containers, machines, volumes, network, rules and cgroups.

    `podman` is None on a machine without it, where there are no containers.

    One thing that won't go doesn't keep the rest; raises MecctlError at the end that names what is left.
    """
    steps: tuple[Callable[[], None], ...] = (
        lambda: _remove_containers(podman, lab_id),
        lambda: daemon.stop(lab_id),
        lambda: network.remove(lab_id),
        lambda: firewall.remove(lab_id),
        lambda: _remove_cgroups(lab_id),
        _remove_namespace_folder,
    )
    errors = []
    for step in steps:
        try:
            step()
        except CommandError as error:
            errors.append(str(error))
    if left := [*remaining(podman, lab_id)]:
        raise MecctlError(
            f"not all of the lab could be removed: {', '.join(left)} left",
            why="\n".join(errors) or None,
            fix="run the same command again",
        )


def remaining(podman: Podman | None, lab_id: str) -> Iterable[str]:
    """Return what there is of the lab on this machine, in words."""
    if podman:
        yield from (f"container {one.name}" for one in podman.containers(lab_id))
        yield from (f"volume {name}" for name in podman.volumes(lab_id))
    yield from daemon.leftovers(lab_id)
    yield from (f"network namespace {name}" for name in network.namespaces(lab_id))
    yield from (f"interface {name}" for name in ip.links() if name == link_of(lab_id))
    yield from (f"nftables table inet {name}" for name in firewall.tables(lab_id))
    yield from (f"cgroup {path}" for path in _cgroups(lab_id))


def remove_state(folder: Path) -> None:
    """Remove the lab's state folder, and the site's if nothing else is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


def _remove_containers(podman: Podman | None, lab_id: str) -> None:
    if podman:
        podman.remove([one.name for one in podman.containers(lab_id)])
        podman.remove_volumes(podman.volumes(lab_id))


def _cgroups(lab_id: str) -> list[Path]:
    """Return the lab's own group in every hierarchy: below each mount of v1, below the one of v2."""
    return [path for pattern in ("", "*/") for path in _CGROUPS.glob(f"{pattern}mecctl-{lab_id}")]


def _remove_cgroups(lab_id: str) -> None:
    deadline = time.monotonic() + _DYING
    while (groups := _cgroups(lab_id)) and time.monotonic() < deadline:
        for group in groups:
            _end_processes(group)
            _remove_tree(group)
        if _cgroups(lab_id):
            time.sleep(_PAUSE)


def _end_processes(group: Path) -> None:
    """End what lives in the lab's own groups: a run killed at the wrong moment leaves a start that podman forgot."""
    for file in group.rglob("cgroup.procs"):
        with contextlib.suppress(OSError):
            for pid in file.read_text().split():
                os.kill(int(pid), signal.SIGKILL)


def _remove_tree(group: Path) -> None:
    """Remove a cgroup from its leaves up; one that still has a process stays (cgroups(7))."""
    below = sorted((path for path in group.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts))
    for path in (*below, group):
        with contextlib.suppress(OSError):
            path.rmdir()


def _remove_namespace_folder() -> None:
    """Undo what the first `ip netns add` of a machine does, once no named namespace is left."""
    with exclusive("network"):
        if ip.NAMESPACES.is_dir() and not ip.namespaces():
            while ip.NAMESPACES.is_mount() and run(["umount", ip.NAMESPACES], check=False).returncode == 0:
                pass
            with contextlib.suppress(OSError):
                ip.NAMESPACES.rmdir()
