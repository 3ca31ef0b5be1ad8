"""rtnetlink, as much of it as traffic control needs (RFC 3549; linux/rtnetlink.h)."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ACK, DUMP, CREATE, EXCLUSIVE, REPLACE = 0x4, 0x300, 0x400, 0x200, 0x100
_REQUEST, _ERROR, _DONE = 0x1, 2, 3
_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_KIND = 0x3FFF  # the two upper bits say how the value is encoded
GROUP_LINK, GROUP_TC = 1, 4


class Netlink:
    """One socket to the kernel's routing netlink; every request waits for its answer."""

    def __init__(self) -> None:
        self._socket = _open(0)
        self._sequence = 0

    def change(self, kind: int, body: bytes, flags: int = 0) -> None:
        """Send a request that changes something; raises OSError with the kernel's error."""
        for _ in self._ask(kind, flags | ACK, body):
            pass

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """Return the body of every object that the kernel lists; raises OSError.

        All of it is read: the kernel is busy (EBUSY) for whoever asks again while it still has something to say.
        """
        return list(self._ask(kind, DUMP, body))

    def _ask(self, kind: int, flags: int, body: bytes) -> Iterator[bytes]:
        self._sequence += 1
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags | _REQUEST, self._sequence, 0) + body)
        while True:
            for found, sequence, data in messages(self._socket.recv(1 << 17)):
                if sequence != self._sequence:
                    continue
                if found == _ERROR and (code := -struct.unpack_from("=i", data)[0]):
                    raise OSError(code, os.strerror(code))
                if found in (_ERROR, _DONE):
                    return
                yield data


def listen() -> socket.socket:
    """Return a socket that becomes readable when links or traffic control change."""
    found = _open((1 << GROUP_LINK - 1) | (1 << GROUP_TC - 1))
    found.setblocking(False)
    return found


def drain(listener: socket.socket) -> bool:
    """Throw away what a listener holds; True where there was something, or where something was lost."""
    heard = False
    while True:
        try:
            heard = bool(listener.recv(1 << 17)) or heard
        except BlockingIOError:
            return heard
        except OSError:  # ENOBUFS: more happened than the socket holds
            heard = True


def messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (type, sequence, body) of every message in what one receive gave."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, sequence, _ = _HEADER.unpack_from(data, at)
        yield kind, sequence, data[at + _HEADER.size : at + length]
        at += _aligned(length)


def attribute(kind: int, value: bytes | str | int) -> bytes:
    """Return one attribute: bytes as they are, a text with its NUL, a number in 32 bits."""
    if isinstance(value, str):
        value = value.encode() + b"\0"
    elif isinstance(value, int):
        value = struct.pack("=I", value)
    length = _ATTRIBUTE.size + len(value)
    return (_ATTRIBUTE.pack(length, kind) + value).ljust(_aligned(length), b"\0")


def attributes(data: bytes) -> dict[int, bytes]:
    """Return the attributes in `data` by their kind."""
    found, at = {}, 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _KIND] = data[at + _ATTRIBUTE.size : at + length]
        at += _aligned(length)
    return found


def text(value: bytes) -> str:
    """Return an attribute's text without its NUL."""
    return value.rstrip(b"\0").decode()


def _aligned(length: int) -> int:
    return (length + 3) & ~3


def _open(groups: int) -> socket.socket:
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    opened.bind((0, groups))
    return opened
