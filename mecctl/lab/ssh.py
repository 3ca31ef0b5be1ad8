"""Whether a node lets the user in: the recorded host key, the user's key, systemd far enough to be worked with."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.model import Node

_PAUSE = 0.05  # seconds between looks at a port that has nothing to watch
_LOGIN = 15.0  # seconds
_SSH_FAILED = 255  # ssh(1): its own error, not the command's
_KEYS_DIFFER = ("Permission denied", "Host key verification failed")
# Everything that runs once is done and the node takes work; what the site installed later may still be starting.
_COMMAND = "systemctl is-active --quiet basic.target"


@dataclass(frozen=True)
class Login:
    """How to log in: the private key and the file of host keys."""

    key: Path
    known_hosts: Path


@dataclass(frozen=True)
class Answer:
    """Whether the node is up, whether it refuses these keys; `said` is what ssh said when it isn't up."""

    up: bool
    keys_differ: bool
    said: str


def ask(node: Node, login: Login) -> Answer:
    """Log in once, with nothing but the lab's own key and host keys, and ask systemd whether it is up."""
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": "5",
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlgorithms": "ssh-ed25519",
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(login.known_hosts),
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    ended = run(
        ["ssh", "-F", "/dev/null", *words, "-i", login.key, "-p", str(node.port), f"root@{node.address}", _COMMAND],
        check=False,
        timeout=_LOGIN,
    )
    lines = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
    said = lines[-1] if lines else f"systemd isn't up (basic.target, {ended.returncode})"
    differ = ended.returncode == _SSH_FAILED and any(sign in ended.stderr for sign in _KEYS_DIFFER)
    return Answer(ended.returncode == 0, differ, said)


def wait_for_port(address: str, port: int, deadline: float) -> bool:
    """Pause until something listens on a port; False when `deadline` (time.monotonic) has passed."""
    while time.monotonic() < deadline:
        time.sleep(_PAUSE)
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return True
    return False
