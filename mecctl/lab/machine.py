"""What this machine lets containers have: its kind of cgroups, and how far limits may be raised."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_CAP_SYS_RESOURCE = 24  # linux/capability.h
_CONTROLLERS = frozenset({"cpu", "cpuset", "memory", "pids"})
_MOST_FILES = 1048576  # fs.nr_open of a stock kernel; more can't be asked for

Cgroups = Literal["v1", "hybrid", "v2", "none"]


@dataclass(frozen=True)
class Limits:
    """Hard limits of this process, -1 (RLIM_INFINITY) being none, and the kernel's highest process id."""

    files: int
    processes: int
    highest_pid: int


@dataclass(frozen=True)
class Machine:
    """What matters here about the machine, as its kernel tells it.

    `cgroups`: v2 has the one hierarchy, hybrid the old controllers and an empty v2 hierarchy beside them, v1 has them
    alone. `named` says whether an old machine has the hierarchy that systemd keeps its units in. `raise_limits` is
    CAP_SYS_RESOURCE.
    """

    cgroups: Cgroups
    controllers: frozenset[str]
    named: bool
    raise_limits: bool
    limits: Limits

    @property
    def cgroup_fault(self) -> str | None:
        """What keeps systemd in a container from running on these cgroups; None when nothing does."""
        missing = sorted(_CONTROLLERS - self.controllers)
        if self.cgroups == "none":
            return "no cgroup file system is mounted under /sys/fs/cgroup"
        if missing:
            return f"the kernel offers no cgroup controller {', '.join(missing)}"
        return None if self.named or self.cgroups == "v2" else "cgroup v1 without the hierarchy name=systemd"


def read(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup"), limits: Limits | None = None) -> Machine:
    """Look at this machine (or at recorded copies of its files)."""
    mounts = [_mount(line) for line in (proc / "self/mountinfo").read_text().splitlines()]
    old = [options for kind, _, options in mounts if kind == "cgroup"]
    new = [point for kind, point, _ in mounts if kind == "cgroup2"]
    kind: Cgroups = "v2" if new and not old else "hybrid" if new else "v1" if old else "none"
    if kind == "v2":
        listed = (cgroup / "cgroup.controllers").read_text().split()
    else:
        listed = [word for options in old for word in options]
    return Machine(
        cgroups=kind,
        controllers=frozenset(listed) & _CONTROLLERS,
        named="name=systemd" in listed,
        raise_limits=_has_capability((proc / "self/status").read_text(), _CAP_SYS_RESOURCE),
        limits=limits or _limits(int((proc / "sys/kernel/pid_max").read_text())),
    )


def containers_conf(machine: Machine) -> str:
    """Return the containers.conf that podman runs a lab with (containers.conf(5)).

    Without CAP_SYS_RESOURCE a container's limits can't be above this process's hard ones, and podman's own defaults
    are; podman itself goes down to the highest process id, and no child of it up again. runc and cgroupfs work on
    every kind of cgroups: crun refuses hybrid ones, and a machine whose first process isn't systemd has no manager.
    """
    lines = ["[containers]"]
    if not machine.raise_limits:
        files = _at_most(_MOST_FILES, machine.limits.files)
        processes = _at_most(machine.limits.highest_pid, machine.limits.processes)
        lines.append(f'default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]')
    lines += ["[engine]", 'runtime = "runc"', 'cgroup_manager = "cgroupfs"']
    return "\n".join(lines) + "\n"


def is_root() -> bool:
    """Say whether this process may make namespaces, interfaces and containers."""
    return os.geteuid() == 0


def _mount(line: str) -> tuple[str, str, list[str]]:
    """Return file system type, mount point and superblock options of a line of mountinfo (proc(5))."""
    left, _, right = line.partition(" - ")
    kind, _, options = right.split(" ", 2)
    return kind, left.split(" ")[4], options.split(",")


def _has_capability(status: str, number: int) -> bool:
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> number & 1)


def _at_most(highest: int, limit: int) -> int:
    return highest if limit == resource.RLIM_INFINITY else min(limit, highest)


def _limits(highest_pid: int) -> Limits:
    files, processes = (resource.getrlimit(kind)[1] for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    return Limits(files, processes, highest_pid)
