"""Ends waits early: whoever waits for the cluster gives up within a moment once somebody asks for it."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class StoppedError(MecctlError):
    """Something was given up because the run was interrupted."""

    def __init__(self) -> None:
        super().__init__("it was given up, for the run was interrupted", fix="run the same command again")


class Stop:
    """Asked for once, by any thread or a signal handler: nothing here takes a lock that its caller may hold."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._streams: set[socket.socket] = set()
        self._listeners: list[Callable[[], None]] = []

    @property
    def asked(self) -> bool:
        """Whether it was asked for."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Let every wait end, now and from now on."""
        self._asked.set()
        for stream in list(self._streams):
            _cut(stream)
        for listener in list(self._listeners):
            listener()

    def check(self) -> None:
        """Raise StoppedError once it was asked for."""
        if self.asked:
            raise StoppedError

    def pause(self, seconds: float) -> None:
        """Sleep; StoppedError instead once it was asked for."""
        self._asked.wait(seconds)
        self.check()

    @contextmanager
    def listened(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` when it is asked for in the meantime."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    @contextmanager
    def cutting(self, stream: socket.socket) -> Iterator[None]:
        """Let a stream that is read in the meantime break off when it is asked for."""
        self._streams.add(stream)
        try:
            if self.asked:
                _cut(stream)
            yield
        finally:
            self._streams.discard(stream)


def _cut(stream: socket.socket) -> None:
    # A reader in another thread wakes up with an end of file. A TLS socket's own shutdown would pull away what that
    # reader still uses, so this is a plain socket's.
    with suppress(OSError):
        socket.socket.shutdown(stream, socket.SHUT_RDWR)
