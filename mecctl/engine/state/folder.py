"""State in a folder of this machine."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from mecctl.durable import folder
from mecctl.engine.state.files import telling, write_whole
from mecctl.engine.state.store import Found

if TYPE_CHECKING:
    from pathlib import Path


class FolderStore:
    """Files below `root`, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def where(self, key: str) -> str:
        """Return the path."""
        return str(self.root / key)

    def get(self, key: str) -> bytes | None:
        """Return the content of a file, None when there is none."""
        path = self.root / key
        with telling(path, "read"):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def put(self, key: str, content: bytes) -> None:
        """Write a file as a whole, on the disk when this returns."""
        write_whole(self.root / key, content)

    def copy(self, source: str, target: str) -> None:
        """Give a file a second name, which costs no space; a copy where the file system has no hard links."""
        path = self.root / target
        draft = path.with_name(f"{path.name}.tmp")
        with telling(path, "written"):
            folder(path.parent)
            draft.unlink(missing_ok=True)
            try:
                os.link(self.root / source, draft)
            except OSError:
                shutil.copy2(self.root / source, draft)
            draft.replace(path)
            draft.unlink(missing_ok=True)  # renaming does nothing when both are the same file already

    def list(self, prefix: str) -> list[Found]:
        """Return the files whose key begins with `prefix`."""
        above = self.root / prefix.rpartition("/")[0]
        found = []
        with telling(above, "read"):
            for path in above.rglob("*"):
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix) and path.is_file():
                    with suppress(FileNotFoundError):  # a run of another stack has just put its draft in place
                        found.append(Found(key, path.stat().st_mtime))
        return sorted(found, key=lambda one: one.key)

    def delete(self, *keys: str) -> None:
        """Delete files."""
        for key in keys:
            with telling(self.root / key, "written"):
                (self.root / key).unlink(missing_ok=True)
