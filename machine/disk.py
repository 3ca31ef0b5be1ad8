"""What the machine starts from: its own layer over the image's disk, and the seed that cloud-init looks for."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SEED = 2880
"""Sectors of the seed's FAT disk: 1.44 MB."""


class MachineError(Exception):
    """The machine can't be started; says why."""


def overlay(folder: Path, path: Path) -> None:
    """Make at `path` a layer that takes what the machine writes; the disk in `folder` stays as it is.

    Raises MachineError unless the folder has exactly one file, raw or qcow2: KubeVirt's form of an image with a disk.
    """
    found = sorted(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else []
    if len(found) != 1:
        raise MachineError(f"the image has {len(found)} files in /disk, and one is the disk")
    told = json.loads(_run("qemu-img", "info", "--output=json", str(found[0])))
    if told["format"] not in {"raw", "qcow2"}:
        raise MachineError(f"the disk {found[0].name} is {told['format']}, not raw or qcow2")
    path.unlink(missing_ok=True)
    _run("qemu-img", "create", "-q", "-f", "qcow2", "-F", told["format"], "-b", str(found[0]), str(path))


def seed(path: Path, name: str, instance: str, user_data: str) -> None:
    """Write a NoCloud seed: a FAT disk labelled CIDATA (cloudinit.readthedocs.io, reference/datasources/nocloud)."""
    path.unlink(missing_ok=True)
    files = {"meta-data": f"instance-id: {instance}\nlocal-hostname: {name}\n", "user-data": user_data}
    _run("mformat", "-C", "-i", str(path), "-v", "CIDATA", "-T", str(_SEED), "::")
    for target, text in files.items():
        subprocess.run(["mcopy", "-i", str(path), "-", f"::{target}"], input=text.encode(), check=True)


def _run(*command: str) -> str:
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode:
        raise MachineError(f"{command[0]} says: {ended.stderr.strip() or ended.returncode}")
    return ended.stdout
