"""Who holds a stack, in the words of Pulumi's lock files (pulumi/pulumi pkg/backend/diy/lock.go)."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Holder:
    """A process on a host, and since when (ISO 8601); `mecctl` marks one of ours."""

    pid: int
    username: str
    hostname: str
    timestamp: str
    mecctl: bool = False

    def __str__(self) -> str:
        return f"process {self.pid} of {self.username} on {self.hostname}, since {self.timestamp}"

    @classmethod
    def me(cls, time: str) -> Holder:
        """Return this process."""
        return cls(os.getpid(), _user(), socket.gethostname(), time, mecctl=True)

    @classmethod
    def parse(cls, content: bytes) -> Holder:
        """Read a note; what it doesn't say is unknown."""
        try:
            said: dict[str, Any] = dict(json.loads(content))
        except (ValueError, TypeError):
            said = {}
        pid = said.get("pid")
        name, host, time = (str(said.get(key) or "unknown") for key in ("username", "hostname", "timestamp"))
        return cls(pid if isinstance(pid, int) else 0, name, host, time, mecctl=said.get("mecctl") is True)

    def note(self) -> bytes:
        """Return what a lock file says."""
        return json.dumps(asdict(self)).encode()

    def is_dead(self) -> bool:
        """Whether this process is certainly gone; of another host's nobody can tell from here."""
        if self.hostname != socket.gethostname() or self.pid <= 0:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return self.mecctl and self.pid == os.getpid()  # a process that only has our number: it ended long ago


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
