"""Who holds a stack, in the words of Pulumi's lock files (pulumi/pulumi pkg/backend/diy/lock.go)."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Holder:
    """A process on a host, and since when (ISO 8601).

    One of ours says `mecctl`, and of which `machine` (boot and process namespace) its number is; `id` tells its runs.
    """

    pid: int
    username: str
    hostname: str
    timestamp: str
    mecctl: bool = False
    machine: str = ""
    id: str = ""

    def __str__(self) -> str:
        return f"process {self.pid} of {self.username} on {self.hostname}, since {self.timestamp}"

    @classmethod
    def me(cls, time: str, id: str = "") -> Holder:  # noqa: A002 - as the field is called
        """Return this process."""
        return cls(os.getpid(), _user(), socket.gethostname(), time, mecctl=True, machine=_machine(), id=id)

    @classmethod
    def parse(cls, content: bytes) -> Holder:
        """Read a note; what it doesn't say is unknown."""
        try:
            said: dict[str, Any] = dict(json.loads(content))
        except (ValueError, TypeError):
            said = {}
        pid = said.get("pid")
        name, host, time = (str(said.get(key) or "unknown") for key in ("username", "hostname", "timestamp"))
        ours, machine, id_ = said.get("mecctl") is True, str(said.get("machine") or ""), str(said.get("id") or "")
        return cls(pid if isinstance(pid, int) else 0, name, host, time, ours, machine, id_)

    def note(self) -> bytes:
        """Return what a lock file says."""
        return json.dumps(asdict(self)).encode()

    def is_dead(self) -> bool:
        """Whether this process is gone, if the host of that name is this one; of another nobody can tell from here."""
        if self.hostname != socket.gethostname() or self.pid <= 0:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def was_here_and_ended(self) -> bool:
        """Whether this was a process of this very machine and is gone: hosts in different places may share a name."""
        return self.mecctl and self.machine == _machine() and self.is_dead()


def _machine() -> str:
    """Return what process numbers are unique within, until the next boot."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {Path('/proc/self/ns/pid').readlink()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
