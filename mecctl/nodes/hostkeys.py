"""SSH host keys, and the file of those that nodes are held to (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl import durable
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mecctl.model import Node

_SSH_PORT = 22
_HASHED = "|1|"


class HostKeyError(MecctlError):
    """The node's host key is unknown, or not the one on record."""


@dataclass(frozen=True, order=True)
class HostKey:
    """A public host key: its type, for example `ssh-ed25519`, and its body in base64."""

    type: str
    body: str

    @property
    def fingerprint(self) -> str:
        """The key's hash as `ssh-keygen -l` prints it, `SHA256:…`."""
        digest = hashlib.sha256(base64.b64decode(self.body)).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.type})"


def recorded(path: Path, node: Node) -> tuple[HostKey, ...]:
    """Return the keys that `node` is held to by the known_hosts file at `path`; none where there is no file."""
    lines = path.read_text().splitlines() if path.exists() else []
    keys = [HostKey(*line.split()[1:3]) for line in lines if _names(line, _host(node))]
    return tuple(sorted(set(keys)))


def record(path: Path, node: Node, keys: Iterable[HostKey]) -> None:
    """Hold `node` to `keys` and no others from now on; what the file says of other hosts stays as it is.

    Readers see the old file or the new one, also after a crash; of several writers at once each gets its turn.
    """
    host = _host(node)
    durable.folder(path.parent)
    with _alone(path.parent):
        old = path.read_text().splitlines() if path.exists() else []
        kept = [left for line in old if (left := _without(line, host)) is not None]
        lines = [*kept, *(f"{host} {key.type} {key.body}" for key in keys)]
        mode = path.stat().st_mode & 0o777 if path.exists() else durable.PRIVATE
        durable.write(path, "".join(f"{line}\n" for line in lines).encode(), mode)


def _host(node: Node) -> str:
    return str(node.address) if node.port == _SSH_PORT else f"[{node.address}]:{node.port}"


def _names(line: str, host: str) -> list[str]:
    """Return the names in a line that are `host`, written out or hashed; comments, markers and patterns are none."""
    words = line.split()
    if len(words) < 3 or words[0].startswith(("#", "@")):
        return []
    return [name for name in words[0].split(",") if name == host or _is_hash_of(name, host)]


def _is_hash_of(name: str, host: str) -> bool:
    if not name.startswith(_HASHED) or name.count("|") != 3:
        return False
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in name.split("|")[2:])
    except binascii.Error:
        return False
    return hmac.compare_digest(hmac.new(salt, host.encode(), hashlib.sha1).digest(), digest)


def _without(line: str, host: str) -> str | None:
    """Return a line without the names of `host`, None where it has no other."""
    own = _names(line, host)
    if not own:
        return line
    names, rest = line.split(maxsplit=1)
    others = [name for name in names.split(",") if name not in own]
    return f"{','.join(others)} {rest}" if others else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
