"""SSH keys of a lab: the user's key pair, and host keys that are known before the first connection."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mecctl.errors import MecctlError
from mecctl.lab.files import write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mecctl.model import Node

_SSH_PORT = 22


@dataclass(frozen=True)
class KeyPair:
    """An ed25519 key pair: the private half in OpenSSH's PEM form, the public one as `ssh-ed25519 AAAA…`."""

    private: str
    public: str


def generate() -> KeyPair:
    """Make a new key pair."""
    key = Ed25519PrivateKey.generate()
    return KeyPair(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        ).decode(),
        key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode(),
    )


def marker(lab_id: str) -> str:
    """Return the comment that tells the lab's own keys and host entries from a user's."""
    return f"mecctl-lab-{lab_id}"


def ensure_user_key(path: Path, lab_id: str) -> str:
    """Return the public half of the key at `path`; make a pair (0600, with `path`.pub) where there is none.

    A key that is there stays: it may be the user's own. Raises MecctlError when it can't be read without a question.
    """
    if not path.exists():
        pair = generate()
        write(path, pair.private, 0o600)
        write(_public_path(path), f"{pair.public} {marker(lab_id)}@{socket.gethostname()}\n")
        return pair.public
    try:
        key = serialization.load_ssh_private_key(path.read_bytes(), password=None)
    except (TypeError, ValueError) as error:
        raise MecctlError(
            "the lab can't use this SSH key",
            where=str(path),
            why=str(error),
            fix="name a private key without a passphrase in spec.access.privateKey, or leave it out",
        ) from error
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return public.decode()


def remove_user_key(path: Path, lab_id: str) -> None:
    """Remove the key pair at `path` if the lab `lab_id` made it."""
    public = _public_path(path)
    if public.exists() and marker(lab_id) in public.read_text():
        path.unlink(missing_ok=True)
        public.unlink()


def record_hosts(path: Path, lab_id: str, keys: Iterable[tuple[Node, str]]) -> None:
    """Make the lab's entries of the known_hosts file at `path` exactly `keys` (node, public key).

    Lines without the lab's mark are a user's and stay.
    """
    mark = marker(lab_id)
    old = path.read_text() if path.exists() else ""
    foreign = [line for line in old.splitlines() if not line.endswith(f" {mark}")]
    new = "".join(f"{line}\n" for line in [*foreign, *(f"{_host(node)} {key} {mark}" for node, key in keys)])
    if new and new != old:
        write(path, new, 0o600)
    elif not new:
        path.unlink(missing_ok=True)


def recorded_hosts(path: Path, lab_id: str) -> dict[str, str]:
    """Return the public host keys that the lab has recorded at `path`, by known_hosts name."""
    lines = path.read_text().splitlines() if path.exists() else []
    words = [line.split(" ") for line in lines if line.endswith(f" {marker(lab_id)}")]
    return {word[0]: f"{word[1]} {word[2]}" for word in words}


def recorded_key(node: Node, recorded: dict[str, str]) -> str | None:
    """Return the node's public host key among `recorded` ones."""
    return recorded.get(_host(node))


def _host(node: Node) -> str:
    return node.address if node.port == _SSH_PORT else f"[{node.address}]:{node.port}"


def _public_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.pub")
