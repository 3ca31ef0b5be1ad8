"""Writes that a power cut leaves either undone or done."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.command import run

if TYPE_CHECKING:
    from pathlib import Path

_SETTLING = 300


def write(path: Path, content: bytes, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Replace the file `path`; readers see the old content or the new one, also after a crash."""
    partial = _partial(path)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        if owner:
            os.fchown(descriptor, *owner)
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    _rename(partial, path)


def copy(source: Path, path: Path, mode: int = 0o755) -> None:
    """Replace `path` with a copy of `source`; a running program keeps the file it was started from.

    Waiting for the disk for each would cost seconds: until `settle` a power cut may leave it empty, as its hash tells.
    """
    partial = _partial(path)
    with source.open("rb") as read, partial.open("wb") as file:
        shutil.copyfileobj(read, file, 1 << 20)
        os.fchmod(file.fileno(), mode)
    partial.replace(path)


def settle(folder: Path) -> None:
    """Return once all that was written to a folder's file system is on the disk (syncfs(2))."""
    run(["sync", "--file-system", str(folder)], timeout=_SETTLING)


def link(path: Path, target: str) -> None:
    """Replace the symbolic link `path`."""
    partial = _partial(path)
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    _rename(partial, path)


def own(path: Path, mode: int, owner: tuple[int, int]) -> None:
    """Set the mode and the owner of a file or folder."""
    os.chown(path, *owner)
    path.chmod(mode)


def ids(owner: str, group: str) -> tuple[int, int]:
    """The numbers of a user and a group, each by its name or number. Raises KeyError for a name that isn't there."""
    user = int(owner) if owner.isdecimal() else pwd.getpwnam(owner).pw_uid
    return user, int(group) if group.isdecimal() else grp.getgrnam(group).gr_gid


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.mecctl")


def _rename(partial: Path, path: Path) -> None:
    partial.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)
