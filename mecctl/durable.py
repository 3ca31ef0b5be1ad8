"""Files of this machine that are whole or not there at all, whenever it stops."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = 0o600


def write(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace `path` by `content`; readers see the old file or the new one. Folders that are missing get mode 0700."""
    folder(path.parent)
    draft = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
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
