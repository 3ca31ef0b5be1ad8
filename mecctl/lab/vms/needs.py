"""What a machine needs to run virtual nodes, beside what every lab needs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import CommandError, MecctlError
from mecctl.lab.requirement import Requirement, program
from mecctl.lab.vms.hardware import HARDWARE
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PROGRAMS = {
    "vagrant": "vagrant",
    "libvirtd": "libvirt-daemon-system",
    "qemu-img": "qemu-utils",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
}
_PLUGIN = "vagrant-libvirt"
_BOX, _NODE = 3 << 30, 4 << 30
"""Bytes on disk: of a box while it is made, and what a node's own disk grows to with a site on it."""


def requirements(architectures: Iterable[str]) -> Iterator[Requirement]:
    """Look at this machine for what virtual machines of some architectures need; changes nothing."""
    emulators = {HARDWARE[arch].emulator: HARDWARE[arch].package for arch in architectures}
    programs = [program(name, package) for name, package in (_PROGRAMS | emulators).items()]
    yield from programs
    if programs[0].ok:
        yield _plugin()


def check(disks: Path, architectures: Iterable[str], nodes: int, memory: int) -> None:
    """Raise MecctlError that names all that keeps `nodes` new machines, of `memory` bytes each, from being made.

    `disks` is the folder where their disks lie.
    """
    missing = [one for one in requirements(architectures) if not one.ok]
    if missing:
        raise MecctlError(
            f"virtual machines can't be made here: {', '.join(f'{one.name} {one.what}' for one in missing)}",
            fix="; ".join(dict.fromkeys(one.fix for one in missing)),
        )
    _enough("disk space", shutil.disk_usage(disks).free, _BOX + nodes * _NODE if nodes else 0, str(disks))
    _enough("memory", _available(), nodes * memory, "the machines of the lab")


def _enough(what: str, there: int, wanted: int, where: str) -> None:
    if there < wanted:
        raise MecctlError(
            f"not enough {what} for the machines: {wanted / 2**30:.1f} GiB wanted, {there / 2**30:.1f} GiB free",
            where=where,
            fix=f"free {what}, or write fewer nodes or less spec.lab.memory",
        )


def _available() -> int:
    """Return the bytes of memory that programs may take without swapping (proc(5), MemAvailable)."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))


def _plugin() -> Requirement:
    # Vagrant makes a home wherever it runs, and a lab's has none of the plugins in the user's.
    with tempfile.TemporaryDirectory() as home:
        try:
            listed = run(["vagrant", "plugin", "list"], env={"VAGRANT_HOME": home}, timeout=60).stdout
        except CommandError as error:
            return Requirement(_PLUGIN, ok=False, what=str(error), fix="vagrant plugin repair")
    found = next((line.strip() for line in listed.splitlines() if line.startswith(_PLUGIN)), None)
    if found:
        return Requirement(_PLUGIN, ok=True, what=found)
    return Requirement(_PLUGIN, ok=False, what="isn't among Vagrant's plugins", fix=f"sudo apt-get install {_PLUGIN}")
