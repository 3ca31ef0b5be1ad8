"""The files a node gets on top of its image, and the state files that the lab keeps."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from typing import TYPE_CHECKING

from mecctl.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

INIT = "/usr/lib/mecctl/node-init"
_SECRET = 0o600
_PRIVATE_FOLDERS = ("root", "root/.ssh")


def static() -> dict[str, str]:
    """Return the text of every file that all nodes have alike, by its path on the node without the leading slash."""
    root = resource("lab") / "node" / "root"
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def masked_units() -> tuple[str, ...]:
    """Return the systemd units that a container node must not run."""
    lines = (resource("lab") / "node" / "masked-units").read_text().splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def digest() -> str:
    """Return a short hash of everything static, so that a change of it is noticed."""
    text = repr((sorted(static().items()), masked_units()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def archive(files: Mapping[str, str], secret: frozenset[str], masked: Iterable[str] = ()) -> str:
    """Return a tar of `files`, all owned by root; those in `secret` only root can read, units in `masked` never run.

    A tar of ASCII texts is ASCII itself, which is why it travels as a str.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for folder in _PRIVATE_FOLDERS:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700
            tar.addfile(entry)
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode = _SECRET if name in secret else 0o755 if text.startswith("#!") else 0o644
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
        for unit in masked:
            entry = tarfile.TarInfo(f"etc/systemd/system/{unit}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/dev/null"
            tar.addfile(entry)
    return buffer.getvalue().decode("ascii")


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a state file so that it is there whole or not at all, whatever dies on the way."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
