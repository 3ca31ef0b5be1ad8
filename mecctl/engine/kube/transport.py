"""HTTP to one API server: one keep-alive pool, throttling honoured, and unreachable told from refused."""

from __future__ import annotations

import http.client
import ssl
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from mecctl.engine.kube.answers import FAILURES
from mecctl.engine.kube.connections import Connections
from mecctl.engine.kube.errors import from_response
from mecctl.engine.kube.stop import Stop
from mecctl.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.engine.kube.answers import Response, Stream
    from mecctl.engine.kube.config import Connection
    from mecctl.engine.kube.errors import KubeError

_TRIES = 5
_CONNECT = 10.0  # seconds; a handshake with a busy small machine takes a few
_REPEATS = 2
# What a connection that was kept too long, or a server that restarts, looks like. A refused one is told at once.
_BROKEN = (
    *(ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError),
    *(http.client.BadStatusLine, http.client.IncompleteRead),
)
_LONGEST_PAUSE = 10.0  # seconds
_BUSY = {429, 503}
_PARALLEL = 16  # requests under way, streams not counted
_PATH = "/%:@!$&'()*+,;=~"  # what stands for itself in a path

_Request = tuple[str, str, bytes | None, "Mapping[str, str]", float | None]


class Transport:
    """Sends requests; one that may safely be sent again is, when its connection broke."""

    def __init__(self, connection: Connection, timeout: float, stop: Stop | None = None) -> None:
        self.stop = stop or Stop()
        self.connection, self.server = connection, connection.server
        self._credential = connection.credential
        self._free = threading.BoundedSemaphore(_PARALLEL)
        # The environment's proxies are for downloads; a site's API server is reached directly or by its proxy-url.
        self._connections = Connections(connection, min(timeout, _CONNECT), timeout)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send a request and read its whole answer, which is below 400.

        While the server says it is busy (429, 503, or any 5xx that names a pause) it is asked again after that pause.
        Raises KubeError, UnreachableError.
        """
        request = (method, _written(path, params), content, headers or {}, timeout)
        for attempt in range(1, _TRIES + 1):
            response = self._send(request, repeats=0 if method == "POST" else _REPEATS)
            if not _is_busy(response) or attempt == _TRIES:
                break
            self.stop.pause(_pause(response, attempt))
        if response.status >= 400:
            raise self._refusal(response, f"{method} {path}")
        return response

    def stream(self, path: str, params: Mapping[str, str], timeout: float) -> Stream:
        """Ask for what comes as a stream; `timeout` is in seconds for each wait for more. The caller closes it."""
        try:
            stream = self._connections.stream(_written(path, params), timeout)
            if stream.status < 400:
                return stream
            with closing(stream):
                raise self._refusal(stream.whole(), f"GET {path}")
        except FAILURES as error:
            raise self.unreachable(error) from error

    def unreachable(self, error: Exception, asked: str = "") -> UnreachableError:
        """Say that the server can't be reached, and why.

        An answer that doesn't come to what was `asked` may be another's to give, such as a node's whose logs are read.
        """
        from mecctl.engine.kube.trust import distrust  # noqa: PLC0415 - brings a library that only trouble needs

        bad = distrust(self.server, error)
        late = f"no answer to {asked} in time: " if asked and isinstance(error, TimeoutError) else ""
        return UnreachableError(
            f"the Kubernetes API at {self.server} can't be " + ("trusted" if bad else "reached"),
            why=bad.why if bad else late + f"{type(error).__name__}: {error}".rstrip(": "),
            fix=bad.fix
            if bad
            else "check that the server node is up and its address right, then run the same command again",
        )

    def _refusal(self, response: Response, where: str) -> KubeError:
        error = from_response(response, where)
        if error.status == 401:
            error.why = self._credential.why_refused()
            error.fix = "get a new kubeconfig from the server node"
        return error

    def _send(self, request: _Request, *, repeats: int) -> Response:
        try:
            with self._free:
                return self._connections.send(*request)
        except _BROKEN as error:
            if not repeats:
                raise self.unreachable(error) from error
        except FAILURES as error:
            raise self.unreachable(error, f"{request[0]} {request[1]}") from error
        return self._send(request, repeats=repeats - 1)


def _written(path: str, params: Mapping[str, str] | None) -> str:
    return quote(path, safe=_PATH) + (f"?{urlencode(params)}" if params else "")


def _is_busy(response: Response) -> bool:
    """Whether to ask again later (as client-go does, rest/with_retry.go)."""
    return response.status in _BUSY or (response.status >= 500 and "Retry-After" in response.headers)


def _pause(response: Response, attempt: int) -> float:
    said: Any = response.headers.get("Retry-After", "")
    return min(float(said) if said.isdigit() else 0.2 * 2**attempt, _LONGEST_PAUSE)
