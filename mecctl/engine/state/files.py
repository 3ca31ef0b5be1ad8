"""Files that are whole or not there at all, whenever the machine stops."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def telling(path: Path, verb: str) -> Iterator[None]:
    """Turn a fault of the file system into a MecctlError, for example when the disk is full."""
    try:
        yield
    except OSError as error:
        raise MecctlError(
            f"the state can't be {verb}",
            where=str(path),
            why=error.strerror or str(error),
            fix="mend the disk or the permissions, then run the same command again: nothing was lost",
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, durably; only its owner may read it, and half a file is never seen."""
    with telling(path, "written"):
        folder(path.parent)
        draft = path.with_name(f"{path.name}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)


def folder(path: Path) -> None:
    """Make a folder (and those above) that only its owner may look into."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def sync_folder(path: Path) -> None:
    """Make durable what was created, renamed or removed in a folder."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
