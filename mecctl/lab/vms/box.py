"""The box that virtual nodes are made from, and the kernel that boots them."""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.artifacts.lock import load_lock
from mecctl.lab.files import write
from mecctl.lab.host import exclusive
from mecctl.lab.vms import daemon

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.artifacts.store import Blob, Store
    from mecctl.plan.progress import Progress

_ARTIFACTS = {"bookworm": "node-box", "trixie": "node-box-trixie"}
_BOOT = ("vmlinuz", "initrd")


@dataclass(frozen=True)
class Box:
    """A box as Vagrant takes it (name, version, the URL of its catalogue), and the paths of what boots its disk."""

    arch: str
    name: str
    version: str
    url: str
    kernel: Path
    initrd: Path


def ensure(store: Store, arch: str, release: str, progress: Progress) -> Box:
    """Return the box of an architecture and one of Debian's releases, building and unpacking it if it isn't there.

    Raises MecctlError when there is none, and as Store.ensure does.
    """
    wanted = load_lock(lab=True).find(_ARTIFACTS[release], arch)
    blob = store.ensure([wanted], progress)[wanted.key]
    folder = home(store) / "mecctl" / blob.sha256[:12]
    name, version = f"mecctl/{wanted.key}", f"1.0.{int(blob.sha256[:8], 16)}"
    catalogue = folder / "catalogue.json"
    with exclusive("box"):
        if not catalogue.exists():
            _unpack(blob, folder)
            write(catalogue, json.dumps(_catalogue(name, version, blob)))
    return Box(arch, name, version, catalogue.as_uri(), folder / "vmlinuz", folder / "initrd")


def home(store: Store) -> Path:
    """Return Vagrant's home for labs, where it unpacks boxes once for all of them."""
    return store.root / "vagrant"


def purge(store: Store) -> None:
    """Remove the unpacked boxes, unless a lab has machines that boot from one."""
    if not daemon.any_lab():
        shutil.rmtree(home(store), ignore_errors=True)


def _unpack(blob: Blob, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(blob.path) as tar:
        for name in _BOOT:
            tar.extract(name, folder, filter="data")


def _catalogue(name: str, version: str, blob: Blob) -> dict[str, object]:
    """Return a box catalogue (developer.hashicorp.com/vagrant/docs/boxes/format#box-metadata)."""
    provider = {
        "name": "libvirt",
        "url": blob.path.as_uri(),
        "checksum_type": "sha256",
        "checksum": blob.sha256,
    }
    return {"name": name, "versions": [{"version": version, "providers": [provider]}]}
