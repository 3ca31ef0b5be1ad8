"""What happened since the checkpoint: one JSON document a line, durable before anything is built on it.

The first line names the checkpoint that the rest goes on from: `{"base": digest}`. Then, in the order it happened:
`{"pending": record}` before an object is created, `{"put": record}` when a resource is as recorded, `{"drop": key}`
when it is gone, `{"rename": [old, new]}`, `{"forget": urn}` when a pending object turned out not to be there, and
`{"sealed": digest}` when all of it is in the checkpoint `digest`.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

from mecctl.engine.state.files import folder, sync_folder, telling
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from pathlib import Path

Entry = dict[str, Any]


class Journal:
    """Appends entries; threads that append at the same time share one fsync.

    After a write that failed every append raises the same MecctlError, so that nothing is built on a gap.
    """

    def __init__(self, path: Path, base: str) -> None:
        self.path = path
        self._base = base
        self._descriptor: int | None = None
        self._whole = 0  # bytes known to be on the disk
        self._failure: MecctlError | None = None
        self._waiting: list[bytes] = []
        self._queue = threading.Lock()
        self._disk = threading.Lock()

    @classmethod
    def resume(cls, path: Path, base: str, whole: int) -> Journal:
        """Go on writing a journal behind its first `whole` bytes; a line that was cut off in mid-write goes."""
        resumed = cls(path, base)
        with telling(path, "written"):
            resumed._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
            os.ftruncate(resumed._descriptor, whole)
            os.fsync(resumed._descriptor)
        resumed._whole = whole
        return resumed

    @property
    def used(self) -> bool:
        """Whether anything was appended."""
        return self._descriptor is not None

    def append(self, *entries: Entry) -> None:
        """Write entries, together and in order; returns when they are on the disk. Raises MecctlError."""
        lines = b"".join(_line(entry) for entry in entries)
        with self._queue:
            self._waiting.append(lines)
        with self._disk:
            with self._queue:
                batch, self._waiting = b"".join(self._waiting), []
            if batch and not self._failure:  # an empty batch: another thread's fsync has taken these lines along
                self._write(batch)
            if self._failure:
                raise self._failure

    def close(self, *, remove: bool) -> None:
        """Close the file; `remove` it once its content is in the checkpoint."""
        with self._disk, telling(self.path, "written"):
            if self._descriptor is None:
                return
            os.close(self._descriptor)
            self._descriptor = None
            if remove:
                discard(self.path)

    def _write(self, batch: bytes) -> None:
        try:
            with telling(self.path, "written"):
                if self._descriptor is None:
                    batch = _line({"base": self._base}) + batch
                    self._create()
                self._put(batch)
        except MecctlError as error:
            self._failure = error

    def _create(self) -> None:
        folder(self.path.parent)
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        sync_folder(self.path.parent)

    def _put(self, batch: bytes) -> None:
        assert self._descriptor is not None  # noqa: S101 - opened by the caller
        view = memoryview(batch)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
            os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._whole)  # half a line must not stand before later ones
            raise
        self._whole += len(batch)


def discard(path: Path) -> None:
    """Delete a journal, durably."""
    with telling(path, "written"):
        path.unlink()
        sync_folder(path.parent)


def read(path: Path) -> tuple[list[Entry], int]:
    """Return the entries and how many bytes they take; a last line that was cut off in mid-write is left out.

    Raises MecctlError when a line before the last is damaged.
    """
    with telling(path, "read"):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return [], 0
    whole, _, _ = content.rpartition(b"\n")
    entries: list[Entry] = []
    for number, line in enumerate(whole.split(b"\n") if whole else (), 1):
        try:
            entries.append(json.loads(line))
        except ValueError as error:
            raise MecctlError("the state's journal is damaged", where=f"{path}:{number}", why=str(error)) from error
    return entries, len(whole) + 1 if entries else 0


def _line(entry: Entry) -> bytes:
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
