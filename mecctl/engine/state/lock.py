"""One run at a time for a stack: a lock that dies with its holder, and a note for Pulumi's own CLI."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import uuid
from typing import TYPE_CHECKING, Any

from mecctl.engine.state.files import folder, telling, write_whole
from mecctl.errors import LockedError

if TYPE_CHECKING:
    from pathlib import Path

_OURS = "mecctl"  # marks our own notes: their holder is dead whenever the lock itself is free


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
            raise LockedError("another mecctl is changing this stack", where=str(self._file)) from error
        self._descriptor = descriptor
        try:
            self._leave_note(time)
        except BaseException:
            self.release()
            raise

    def _leave_note(self, time: str) -> None:
        self._clear_notes()
        who = {
            "pid": os.getpid(),
            "username": _user(),
            "hostname": socket.gethostname(),
            "timestamp": time,
            _OURS: True,
        }
        write_whole(self._note, json.dumps({**who, _OURS: True}).encode())

    def release(self) -> None:
        """Let go; does nothing when it isn't held."""
        if self._descriptor is not None:
            self._note.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def _clear_notes(self) -> None:
        # No other mecctl can be alive here, so a note is a dead one's, or that of Pulumi's CLI.
        for note in self._notes.glob("*.json") if self._notes.is_dir() else ():
            who = _read(note)
            if not who.get(_OURS) and (who.get("hostname") != socket.gethostname() or _alive(who.get("pid"))):
                raise LockedError(
                    f"process {who.get('pid')} of {who.get('username')} on {who.get('hostname')} holds this stack",
                    where=str(note),
                    fix="wait for it; if it is gone for sure, delete this file",
                )
            note.unlink()


def _read(note: Path) -> dict[str, Any]:
    try:
        content = json.loads(note.read_text())
    except (OSError, ValueError):
        return {"hostname": socket.gethostname()}
    return content if isinstance(content, dict) else {}


def _alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
