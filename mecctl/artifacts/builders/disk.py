"""Makes a virtual machine's disk by a script in a root file system of Debian packages, of which nothing else stays."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from mecctl.artifacts.builders.debian import adding, bootstrap
from mecctl.artifacts.recipe import static_file
from mecctl.artifacts.source import DiskSource

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact


def build(artifact: Artifact, work: Path) -> Path:
    """Write the disk of a disk artifact in the empty folder `work`; raises as debian.build does."""
    source = artifact.source
    assert isinstance(source, DiskSource)  # noqa: S101 - the store sorts artifacts by kind
    target = work / "disk.img"
    hooks = [
        *adding(source.add),
        f'chroot "$1" sh -s < {quote(str(static_file(source.script)))}',
        f"download /disk.img {quote(str(target))}",
    ]
    options = ["--variant=essential", "--format=null", *(f"--customize-hook={hook}" for hook in hooks)]
    bootstrap(artifact, source.packages, source.suite, "-", options)
    return target
