"""HTTP/1.1 to one server over connections that are kept, on Python's own client.

A request takes it less than half of the time that a general client needs, and a run is made of thousands.
"""

from __future__ import annotations

import base64
import http.client
import select
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from mecctl.engine.kube.answers import Response, Stream, read
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from mecctl.engine.kube.config import Connection


class Connections:
    """Requests to `target`, each over a connection of its own; one that answered is taken again. Safe between threads.

    `opening` and `reading` are seconds: to connect, and for each wait for data. Raises MecctlError for a proxy that
    isn't plain HTTP.
    """

    def __init__(self, target: Connection, opening: float, reading: float) -> None:
        self._target, self._server, self._proxy = target, urlsplit(target.server), _proxy(target.proxy)
        self._opening, self._reading = opening, reading
        self._secure = self._server.scheme == "https"
        self._headers = {"Accept": "application/json", "User-Agent": "mecctl", **target.headers}
        self._prefix = self._server.path
        if self._proxy and not self._secure:
            self._prefix = target.server
            self._headers |= _authorization(self._proxy)
        self._kept: list[http.client.HTTPConnection] = []
        self._closed = False

    def close(self) -> None:
        """Close every connection, those in use once they are done with."""
        self._closed = True
        while self._kept:
            self._kept.pop().close()

    def send(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str], reading: float | None
    ) -> Response:
        """Send a request and read the whole answer. Raises one of answers.FAILURES."""
        connection = self._take()
        try:
            answer = self._exchange(connection, method, path, content, headers, reading)
            response = read(answer)
        except BaseException:
            connection.close()
            raise
        if answer.will_close or self._closed:
            connection.close()
        else:
            self._kept.append(connection)
        return response

    def stream(self, path: str, reading: float) -> Stream:
        """Ask for `path` and return the answer as soon as it begins. Raises one of answers.FAILURES."""
        connection = self._take()
        try:
            answer = self._exchange(connection, "GET", path, None, {}, reading)
        except BaseException:
            connection.close()
            raise
        return Stream(connection, answer)

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        reading: float | None,
    ) -> http.client.HTTPResponse:
        if connection.sock is None:
            _open(connection)
        connection.sock.settimeout(reading or self._reading)
        connection.request(method, self._prefix + path, content, {**self._headers, **headers})
        return connection.getresponse()

    def _take(self) -> http.client.HTTPConnection:
        while self._kept:
            connection = self._kept.pop()
            if not _hung_up(connection.sock):
                return connection
            connection.close()
        return self._new()

    def _new(self) -> http.client.HTTPConnection:
        near = self._proxy or self._server
        host, port = near.hostname or "", near.port or (443 if near.scheme == "https" else 80)
        if not self._secure:
            return http.client.HTTPConnection(host, port, timeout=self._opening)
        context = None if isinstance(self._target.verify, bool) else self._target.verify
        connection = http.client.HTTPSConnection(host, port, timeout=self._opening, context=context)
        if self._proxy:
            connection.set_tunnel(self._server.hostname or "", self._server.port or 443, _authorization(self._proxy))
        return connection


def _proxy(url: str | None) -> SplitResult | None:
    parts = urlsplit(url) if url else None
    if parts and parts.scheme != "http":
        raise MecctlError(
            f"the kubeconfig's proxy-url is one of {parts.scheme}://, and mecctl goes through plain HTTP proxies only",
            fix="give it the http:// address of a proxy",
        )
    return parts


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _open(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except TimeoutError as error:  # told from an answer that takes too long
        raise ConnectionAbortedError(f"no connection after {connection.timeout:g} s") from error


def _hung_up(kept: socket.socket) -> bool:
    """Whether the server has ended a connection: there is nothing that it would say unasked."""
    poll = select.poll()
    poll.register(kept, select.POLLIN)
    return bool(poll.poll(0))
