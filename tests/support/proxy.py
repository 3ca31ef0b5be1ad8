"""A small HTTP proxy before a real API server, which a test tells to be slow, to refuse, or to break off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from mecctl.engine.kube import config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.certificates import Pair

_OWN = {"connection", "transfer-encoding", "content-length", "host", "content-encoding", "accept-encoding", "date"}


@dataclass(frozen=True)
class Answer:
    """What the proxy says instead of the API server; `status` 0 breaks the connection off."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def status(code: int, reason: str, message: str, **headers: str) -> Answer:
    """An error as the API server tells it."""
    body = f'{{"kind": "Status", "code": {code}, "reason": "{reason}", "message": "{message}"}}'
    return Answer(code, body.encode(), {"Content-Type": "application/json", **headers})


class Proxy:
    """Passes everything on, unless `rule(method, path with query)` has an answer of its own.

    `after` is asked once the API server has done what was asked of it, and may have another answer than its own.
    """

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        self.rule: Callable[[str, str], Answer | None] = lambda _method, _path: None
        self.after: Callable[[str, str], Answer | None] = lambda _method, _path: None
        self.seen: list[tuple[str, str]] = []
        self._kubeconfig, self._folder = kubeconfig, folder
        upstream = config.load(kubeconfig)
        self._http = httpx.Client(base_url=upstream.server, verify=upstream.verify, timeout=120)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.kubeconfig = self._written(f"http://127.0.0.1:{self.port}")

    def _written(self, server: str, **cluster: Any) -> Path:
        document = yaml.safe_load(self._kubeconfig.read_text())
        document["clusters"][0]["cluster"] = {"server": server, **cluster}
        path = self._folder / "through-the-proxy"
        path.write_text(yaml.safe_dump(document))
        return path

    def with_tls(self, pair: Pair, authority: Path) -> None:
        """Serve HTTPS with this certificate; the kubeconfig trusts `authority`."""
        self._server.socket = pair.serving(self._server.socket)
        self._written(f"https://127.0.0.1:{self.port}", **{"certificate-authority": str(authority)})

    def answer(self, handler: _Handler) -> None:
        path, content = handler.path, handler.content()
        self.seen.append((handler.command, path))
        if (own := self.rule(handler.command, path)) is not None:
            _give(handler, own)
            return
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in _OWN}
        request = self._http.build_request(handler.command, path, content=content, headers=headers)
        response = self._http.send(request, stream=True)
        try:
            if (own := self.after(handler.command, path)) is not None:
                _give(handler, own)
            else:
                _pass_on(handler, response)
        finally:
            response.close()

    @contextmanager
    def serving(self) -> Iterator[Proxy]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
            self._http.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def content(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_GET(self) -> None:
        self.proxy.answer(self)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        pass


def _give(handler: _Handler, own: Answer) -> None:
    if not own.status:
        handler.close_connection = True
        handler.connection.close()
        return
    handler.send_response(own.status)
    for name, value in {**own.headers, "Content-Length": str(len(own.body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(own.body)


def _pass_on(handler: _Handler, response: httpx.Response) -> None:
    handler.send_response(response.status_code)
    for name, value in response.headers.items():
        if name.lower() not in _OWN:
            handler.send_header(name, value)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        for part in response.iter_bytes():
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")
    except OSError:
        handler.close_connection = True  # the client has heard enough of a watch
