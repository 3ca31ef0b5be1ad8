"""One run at a time for a stack in a folder: a lock that dies with its holder, and a note for Pulumi's own CLI."""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from mecctl.durable import folder
from mecctl.engine.state.files import telling, write_whole
from mecctl.engine.state.holder import Holder
from mecctl.errors import LockedError

if TYPE_CHECKING:
    from pathlib import Path


class Lock(Protocol):
    """Keeps other runs away from a stack."""

    def take(self, time: str) -> None:
        """Take it; LockedError says who holds it. `time` (ISO 8601) tells others since when."""

    def check(self) -> None:
        """Raise LockedError when someone has broken it."""

    def release(self) -> None:
        """Let go; does nothing when it isn't held."""


class StackLock:
    """Held from `take` to `release`, or until the process ends in any way."""

    def __init__(self, file: Path, notes: Path) -> None:
        self._file = file
        self._notes = notes
        self._note = notes / f"{uuid.uuid4()}.json"
        self._descriptor: int | None = None

    def take(self, time: str) -> None:
        """Take the lock; LockedError says who holds it. `time` (ISO 8601) goes into the note."""
        with telling(self._file, "locked"):
            folder(self._file.parent)
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise LockedError(
                "another mecctl is changing this stack", where=str(self._file), why=self._who()
            ) from error
        self._descriptor = descriptor
        try:
            self._clear_notes()
            self._leave_note(time)
        except BaseException:
            self.release()
            raise

    def check(self) -> None:
        """Do nothing: what the kernel holds, nobody breaks."""

    def release(self) -> None:
        """Let go; does nothing when it isn't held."""
        if self._descriptor is not None:
            self._note.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def _leave_note(self, time: str) -> None:
        draft = self._file.with_suffix(".note")  # Pulumi's CLI takes whatever is among the notes for one
        write_whole(draft, Holder.me(time).note())
        with telling(self._note, "written"):
            folder(self._notes)
            draft.replace(self._note)

    def _who(self) -> str | None:
        for note in self._notes.glob("*.json"):
            with suppress(FileNotFoundError):  # it has just been let go
                return f"it is held by {Holder.parse(note.read_bytes())}"
        return None

    def _clear_notes(self) -> None:
        # No other mecctl can be alive here, so a note is a dead one's, or that of Pulumi's CLI.
        for note in self._notes.glob("*.json"):
            with telling(note, "read"):
                who = Holder.parse(note.read_bytes())
            if not who.mecctl and not who.is_dead():
                raise LockedError(
                    f"{who} holds this stack",
                    where=str(note),
                    fix="wait for it; if it is gone for sure, delete this file",
                )
            note.unlink()
