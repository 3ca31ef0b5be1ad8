"""HAProxy's own socket (docs.haproxy.org/2.6/management.html, 9.3), and the gate's modes behind it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

SOCKET = Path("/gate/socket")


class GateError(Exception):
    """The gate can't do what it is asked; says why."""


@dataclass(frozen=True)
class Mode:
    """Where the gate sends requests, and since which move."""

    name: str
    epoch: int
    served: int
    """The last epoch in which the workload here answered a request that the other gate passed on."""


def ask(command: str) -> str:
    """Return HAProxy's answer to one command; raises OSError when it isn't there."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(str(SOCKET))
        link.sendall(command.encode() + b"\n")
        said = b""
        while part := link.recv(4096):
            said += part
    return said.decode().strip()


def mode(command: str = "") -> Mode:
    """Give one of the commands of gate.lua's `gate mode`, and return what the gate is in then."""
    said = ask(f"gate mode {command}".strip()).split()
    if len(said) != 3:
        raise GateError(f"HAProxy says: {' '.join(said)}")
    return Mode(said[0], int(float(said[1])), int(float(said[2])))


def know(key: str) -> None:
    """Tell the gate what the other one's requests bear, and its own there."""
    if (said := ask(f"gate key {key}")) != "known":
        raise GateError(f"HAProxy says: {said}")


def busy() -> int:
    """Return how many requests the workload here has not answered yet."""
    return int(float(ask("gate busy")))


def point(peer: str) -> None:
    """Make `host:port` the other site's gate."""
    host, _, port = peer.rpartition(":")
    said = ask(f"set server there/gate addr {host} port {port}")
    if "no need" not in said and "changed" not in said:
        raise GateError(f"HAProxy says: {said}")
