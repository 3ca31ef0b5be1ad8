"""Where a journal's lines are kept: in a file of this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from mecctl.durable import folder, sync_folder
from mecctl.engine.state.files import telling

if TYPE_CHECKING:
    from pathlib import Path


class Log(Protocol):
    """Lines that grow at the end; every method raises MecctlError when the place fails."""

    where: str

    def read(self) -> bytes:
        """Return the whole lines that there are; what is appended next goes behind them."""

    def append(self, lines: bytes) -> None:
        """Add lines, all or none of them; they are durable when this returns."""

    def close(self) -> None:
        """Let go of it, for the next run to go on."""

    def remove(self) -> None:
        """Delete it, durably."""


class FileLog:
    """A file that one process appends to. A line cut off in mid-write, by a kill or a full disk, never counts."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._descriptor: int | None = None
        self._whole = 0  # bytes known to be lines, and on the disk

    def read(self) -> bytes:
        """Return the content up to the last whole line."""
        with telling(self._path, "read"):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                content = b""
        self._whole = content.rfind(b"\n") + 1
        return content[: self._whole]

    def append(self, lines: bytes) -> None:
        """Write lines and wait for the disk."""
        with telling(self._path, "written"):
            descriptor = self._open() if self._descriptor is None else self._descriptor
            try:
                view = memoryview(lines)
                while view:
                    view = view[os.write(descriptor, view) :]
                os.fdatasync(descriptor)
            except OSError:
                os.ftruncate(descriptor, self._whole)  # half a line must not stand before later ones
                raise
        self._whole += len(lines)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def remove(self) -> None:
        """Delete the file."""
        self.close()
        self._whole = 0
        with telling(self._path, "written"):
            self._path.unlink(missing_ok=True)
            sync_folder(self._path.parent)

    def _open(self) -> int:
        folder(self._path.parent)
        fresh = not self._path.exists()
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if fresh:
            sync_folder(self._path.parent)
        elif os.fstat(descriptor).st_size != self._whole:
            os.ftruncate(descriptor, self._whole)
            os.fsync(descriptor)
        self._descriptor = descriptor
        return descriptor
