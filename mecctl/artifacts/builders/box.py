"""Makes a Vagrant box: the root file system of a virtual node on a disk, beside the kernel that boots it."""

from __future__ import annotations

import json
import shutil
from shlex import quote
from typing import TYPE_CHECKING

from mecctl.artifacts.builders.debian import adding, bootstrap, excluding
from mecctl.artifacts.source import BoxSource
from mecctl.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact

_BOX = ("metadata.json", "vmlinuz", "initrd", "box.img")
# No generator of initial RAM disks takes less: a program that loads modules, mounts the root and goes there.
_INITRD = 'chroot "$1" mktirfs -m no -M no --include-modules={modules} -o /boot/initrd "$(basename "$1"/lib/modules/*)"'


def build(artifact: Artifact, work: Path) -> Path:
    """Write the box of a box artifact in the empty folder `work`.

    Raises as debian.build does, and CommandError when e2fsprogs or qemu-utils are missing or fail.
    """
    source = artifact.source
    assert isinstance(source, BoxSource)  # noqa: S101 - the store sorts artifacts by kind
    root, disk, target = work / "root", work / "disk.raw", work / "node.box"
    hooks = adding(source.add)
    hooks += [f'chroot "$1" systemctl enable {quote(unit)}' for unit in source.units]
    hooks += [_INITRD.format(modules=quote(",".join(source.modules)))]
    options = ["--variant=minbase", "--skip=output/dev", "--format=directory"]
    options += excluding(source.exclude)
    options += [f"--customize-hook={hook}" for hook in hooks]
    bootstrap(artifact, source.packages, source.suite, root, options)
    (root / "dev").mkdir(exist_ok=True)
    (kernel,) = (root / "boot").glob("vmlinuz-*")
    shutil.copy(kernel, work / "vmlinuz")
    shutil.copy(root / "boot" / "initrd", work / "initrd")
    with disk.open("wb") as raw:
        raw.truncate(source.size << 30)
    run(["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", root, disk])
    run(["qemu-img", "convert", "-c", "-O", "qcow2", "-o", "compression_type=zstd", disk, work / "box.img"])
    # vagrant-libvirt's box format, version 1 (its documentation, "Box Format").
    metadata = {"provider": "libvirt", "format": "qcow2", "virtual_size": source.size}
    (work / "metadata.json").write_text(json.dumps(metadata))
    run(["tar", "--create", f"--file={target}", f"--directory={work}", *_BOX])
    return target
