"""Asks one name server one question over UDP (RFC 1035); only what finding workloads needs: A and SRV."""

from __future__ import annotations

import secrets
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

A, SRV = 1, 33
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME, REFUSED = 0, 2, 3, 5
_CODES = {SERVER_FAILURE: "the server failed", NO_SUCH_NAME: "there is no such name", REFUSED: "refused"}


@dataclass(frozen=True)
class Answer:
    """A server's answer: its code, and the records of the type that was asked for.

    A record is an IPv4 address (A), or a port and a target (SRV).
    """

    code: int
    records: tuple[str | tuple[int, str], ...] = ()
    ttl: int = 0

    @property
    def said(self) -> str:
        """The code in words."""
        return _CODES.get(self.code, "answered" if self.code == NO_ERROR else f"error {self.code}")


def ask(server: str, name: str, kind: int = A, *, port: int = 53, source: str = "", timeout: float = 1.0) -> Answer:
    """Ask `server` for the records of a name, from the address `source` if given, within `timeout` seconds.

    Raises OSError (TimeoutError too) when nothing comes back, ValueError when what comes isn't an answer.
    """
    number = secrets.randbelow(1 << 16)
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(timeout)
        link.bind((source, 0))
        link.connect((server, port))
        link.send(struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + question + struct.pack("!2H", kind, 1))
        message = link.recv(4096)
    try:
        return _read(message, number, kind)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"what {server} sent isn't an answer") from error


def _read(message: bytes, number: int, kind: int) -> Answer:
    identity, flags, questions, answers, _, _ = struct.unpack_from("!6H", message)
    if identity != number or not flags & 0x8000:
        raise ValueError("it answers another question")
    at = 12
    for _ in range(questions):
        at = _name(message, at)[1] + 4
    found = [one for one in _records(message, at, answers) if one[0] == kind]
    return Answer(flags & 0xF, tuple(value for _, _, value in found), min((ttl for _, ttl, _ in found), default=0))


def _records(message: bytes, at: int, count: int) -> Iterator[tuple[int, int, str | tuple[int, str]]]:
    for _ in range(count):
        at = _name(message, at)[1]
        kind, _, ttl, length = struct.unpack_from("!2HIH", message, at)
        at += 10
        if kind == A:
            yield kind, ttl, socket.inet_ntoa(message[at : at + 4])
        elif kind == SRV:
            (port,) = struct.unpack_from("!H", message, at + 4)
            yield kind, ttl, (port, _name(message, at + 6)[0])
        at += length


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Return the name at a place, and where the next thing is; a pointer leads backwards, so this ends."""
    parts: list[str] = []
    after, lowest = 0, at
    while length := message[at]:
        if length >= 0xC0:
            after = after or at + 2
            at = struct.unpack_from("!H", message, at)[0] & 0x3FFF
            if at >= lowest:
                raise ValueError("a name leads to itself")
            lowest = at
            continue
        parts.append(message[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(parts), after or at + 1
