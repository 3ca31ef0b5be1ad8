"""HTTP to one API server: one keep-alive pool, throttling honoured, and unreachable told from refused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import httpx

from mecctl.engine.kube.errors import from_response
from mecctl.engine.kube.stop import Stop
from mecctl.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.engine.kube.config import Connection

_TRIES = 5
_CONNECT = 10.0  # seconds; a handshake with a busy small machine takes a few
_REPEATS = 2
# What a connection that was kept too long, or a server that restarts, looks like. A refused one is told at once.
_BROKEN = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.ConnectTimeout)
_LONGEST_PAUSE = 10.0  # seconds
_BUSY = {429, 503}
_PARALLEL = 16  # requests under way, streams not counted


class Transport:
    """Sends requests; one that may safely be sent again is, when its connection broke."""

    def __init__(self, connection: Connection, timeout: float, stop: Stop | None = None) -> None:
        self.stop = stop or Stop()
        self.server = connection.server
        self._free = threading.BoundedSemaphore(_PARALLEL)
        self._http = httpx.Client(
            base_url=connection.server,
            verify=connection.verify,
            headers=dict(connection.headers),
            proxy=connection.proxy,
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
            # The environment's proxies are for downloads; a site's API server is reached directly or by its proxy-url.
            trust_env=False,
        )

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Send a request and read its whole answer, which is below 400.

        While the server says it is busy (429, 503) it is asked again after the pause it names. Raises KubeError,
        UnreachableError.
        """
        request = self.build(method, path, params=params, content=content, headers=headers, timeout=timeout)
        for attempt in range(1, _TRIES + 1):
            response = self._send(request, repeats=0 if method == "POST" else _REPEATS)
            if response.status_code not in _BUSY or attempt == _TRIES:
                break
            self.stop.pause(_pause(response, attempt))
        if response.status_code >= 400:
            raise from_response(response, f"{method} {path}")
        return response

    def build(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx.Request:
        """Prepare a request; `timeout` in seconds replaces the client's own for reading."""
        own = self._http.timeout
        limit = own if timeout is None else httpx.Timeout(timeout, connect=own.connect)
        return self._http.build_request(
            method, path, params=dict(params or {}), content=content, headers=dict(headers or {}), timeout=limit
        )

    def stream(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer unread; the caller closes it."""
        try:
            response = self._http.send(request, stream=True)
            if response.status_code >= 400:
                response.read()
                raise from_response(response, f"{request.method} {request.url.path}")
        except httpx.TransportError as error:
            raise self.unreachable(error) from error
        return response

    def unreachable(self, error: Exception) -> UnreachableError:
        """Say that the server can't be reached, and why."""
        return UnreachableError(
            f"the Kubernetes API at {self.server} can't be reached",
            why=f"{type(error).__name__}: {error}".rstrip(": "),
            fix="check that the server node is up and its address right, then run the same command again",
        )

    def _send(self, request: httpx.Request, *, repeats: int) -> httpx.Response:
        try:
            with self._free:
                return self._http.send(request)
        except _BROKEN as error:
            if not repeats:
                raise self.unreachable(error) from error
        except httpx.TransportError as error:
            raise self.unreachable(error) from error
        return self._send(request, repeats=repeats - 1)


def _pause(response: httpx.Response, attempt: int) -> float:
    said: Any = response.headers.get("Retry-After", "")
    return min(float(said) if said.isdigit() else 0.2 * 2**attempt, _LONGEST_PAUSE)
