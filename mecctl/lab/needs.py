"""What a machine needs to run a lab, and the command that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.lab import machine, watches
from mecctl.lab.layout import host_arch
from mecctl.lab.requirement import Requirement, program
from mecctl.lab.vms import needs as vms
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS = {
    "podman": "podman",
    "runc": "runc",
    "nft": "nftables",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "sysctl": "procps",
    "unshare": "util-linux",
}
_KERNEL = {
    "bridge": ["ip", "link", "add", "probe", "type", "bridge"],
    "veth": ["ip", "link", "add", "probe", "type", "veth", "peer", "name", "other"],
    "vxlan": ["ip", "link", "add", "probe", "type", "vxlan", "id", "1", "dstport", "4789"],
    "nftables": ["nft", "add", "table", "inet", "probe"],
}
_NAMED = "mkdir -p /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd systemd /sys/fs/cgroup/systemd"


def requirements(*, machines: bool = False) -> tuple[Requirement, ...]:
    """Look at this machine, also for what virtual `machines` need; changes nothing.

    What only root can find out is left out for anyone else.
    """
    found = [_root(), _cgroups(), _inotify(), *(program(name, package) for name, package in _PROGRAMS.items())]
    if machine.is_root() and all(one.ok for one in found[3:]):
        found += _kernel()
    return (*found, *(vms.requirements([host_arch()]) if machines else ()))


def _root() -> Requirement:
    if machine.is_root():
        return Requirement("root", ok=True, what="this is root")
    what = "a lab makes network namespaces, interfaces and privileged containers, which takes root"
    return Requirement("root", ok=False, what=what, fix="run mecctl lab with sudo")


def _cgroups() -> Requirement:
    here = machine.read()
    fault = here.cgroup_fault
    if fault is None:
        return Requirement("cgroups", ok=True, what=here.cgroups)
    fix = _NAMED if "name=systemd" in fault else "boot a kernel with cpu, cpuset, memory and pids cgroup controllers"
    return Requirement("cgroups", ok=False, what=fault, fix=f"sudo sh -c '{fix}'" if fix == _NAMED else fix)


def _inotify() -> Requirement:
    spare, limit = watches.spare(watches.NODE), watches.limit()
    if spare == watches.NODE:
        return Requirement("inotify", ok=True, what=f"{limit} instances a user, enough left for another node")
    what = f"{spare} of {limit} instances are left, a node takes up to {watches.NODE}"
    return Requirement("inotify", ok=False, what=what, fix=watches.FIX)


def _kernel() -> Iterator[Requirement]:
    """Try each feature in a network namespace that is gone when the command ends."""
    for name, command in _KERNEL.items():
        ended = run(["unshare", "--net", *command], check=False, timeout=30)
        said = ended.stderr.strip().splitlines()
        if ended.returncode == 0:
            yield Requirement(name, ok=True, what="the kernel has it")
        else:
            yield Requirement(name, ok=False, what=said[-1] if said else "the kernel refuses it", fix=_module(name))
    overlay = run(["grep", "--word-regexp", "overlay", "/proc/filesystems"], check=False).returncode == 0
    what = "the kernel has it" if overlay else "not among the kernel's file systems"
    yield Requirement("overlay", ok=overlay, what=what, fix="" if overlay else _module("overlay"))


def _module(name: str) -> str:
    module = {"nftables": "nf_tables"}.get(name, name)
    return f"sudo modprobe {module}, or boot a kernel that has it: sudo apt-get install linux-image-amd64"
