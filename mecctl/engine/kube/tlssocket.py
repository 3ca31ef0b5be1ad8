"""A TLS connection that one thread may read from while another writes.

OpenSSL allows one call at a time on a connection (openssl-threads(7)), and the ssl of Python 3.11 doesn't see to that:
what one thread writes while another one waits in a read may never leave.
"""

from __future__ import annotations

import select
import ssl
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_CHUNK = 2**16


class OneAtATime:
    """Stands in for an SSLContext: connections that it wraps are read and written one call at a time."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str | None = None) -> TlsSocket:
        """Do the handshake; raises as ssl.SSLContext.wrap_socket does."""
        return TlsSocket(self._context.wrap_socket(sock, server_hostname=server_hostname))


class TlsSocket:
    """An SSLSocket whose calls never wait inside OpenSSL; everything else is the socket's own."""

    def __init__(self, inner: ssl.SSLSocket) -> None:
        self._inner, self._lock = inner, threading.Lock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a socket has
        return getattr(self._inner, name)

    def recv(self, size: int) -> bytes:
        """Return what is there, and wait while nothing is."""
        while True:
            with self._lock:
                self._inner.setblocking(False)
                try:
                    return self._inner.recv(size)
                except ssl.SSLWantReadError:
                    reads, writes = [self._inner], []
                except ssl.SSLWantWriteError:
                    reads, writes = [], [self._inner]
            select.select(reads, writes, [])

    def sendall(self, data: bytes) -> None:
        """Send all of it, and let others read while the way is blocked."""
        left = memoryview(data)
        while left:
            with self._lock:
                self._inner.setblocking(False)
                try:
                    left = left[self._inner.send(left[:_CHUNK]) :]
                    continue
                except ssl.SSLWantWriteError:
                    reads, writes = [], [self._inner]
                except ssl.SSLWantReadError:
                    reads, writes = [self._inner], []
            select.select(reads, writes, [])
