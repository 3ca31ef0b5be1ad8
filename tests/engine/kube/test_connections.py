"""Connections that are kept, broken off, and led through a proxy, against real servers on the loopback."""

import socket
import threading
from contextlib import closing, contextmanager

import pytest

from mecctl.engine.kube.config import Connection
from mecctl.engine.kube.connections import Connections
from mecctl.errors import MecctlError

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request with the next of `answers`, and hangs up after one that is marked."""

    def __init__(self, *answers: bytes, hang_up_after: int = -1) -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        self._answers, self._last = list(answers), hang_up_after
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.hung_up = threading.Event()

    def serve(self) -> None:
        while self._answers:
            connection, _ = self._socket.accept()
            self.connections += 1
            with connection:
                self._converse(connection)
            self.hung_up.set()

    def _converse(self, connection: socket.socket) -> None:
        while self._answers and (request := connection.recv(65536)):
            self.heard.append(request)
            connection.sendall(self._answers.pop(0))
            if len(self.heard) == self._last:
                return

    @contextmanager
    def serving(self):
        thread = threading.Thread(target=self.serve, daemon=True)
        thread.start()
        with self._socket:
            yield self
            thread.join(5)

    def connect(self, path: str = "", proxy: str | None = None, server: str | None = None) -> Connections:
        url = server or f"http://127.0.0.1:{self.port}{path}"
        return Connections(Connection(url, False, {"Authorization": "Bearer t"}, proxy, "default"), 5, 5)


def test_a_connection_is_taken_again():
    with Server(FINE, FINE).serving() as server, closing(server.connect("/base")) as connections:
        answers = [connections.send("GET", "/x", None, {}, None) for _ in range(2)]
    assert [(one.status, one.text) for one in answers] == [(200, "ok")] * 2
    assert server.connections == 1
    assert server.heard[0].startswith(b"GET /base/x HTTP/1.1\r\n")
    assert b"Authorization: Bearer t\r\n" in server.heard[0]


def test_one_that_the_server_has_ended_is_not():
    with Server(FINE, FINE, hang_up_after=1).serving() as server, closing(server.connect()) as connections:
        connections.send("GET", "/x", None, {}, None)
        assert server.hung_up.wait(5)
        assert connections.send("POST", "/x", b"{}", {}, None).status == 200
    assert server.connections == 2


def test_a_broken_stream_ends_after_its_last_whole_line():
    begun = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"}\r\n1\r\n\n\r\n4\r\n{"b"\r\n'
    with Server(begun, hang_up_after=1).serving() as server, closing(server.connect()) as connections:
        stream = connections.stream("/watch", 5)
        with closing(stream):
            assert list(stream.lines()) == [b'{"a"}\n']


def test_a_proxy_is_asked_with_its_own_credentials():
    with Server(FINE).serving() as server:
        proxy = f"http://me:pass@127.0.0.1:{server.port}"
        with closing(server.connect(server="http://api.invalid:8080/base", proxy=proxy)) as connections:
            connections.send("GET", "/x", None, {}, None)
    assert server.heard[0].startswith(b"GET http://api.invalid:8080/base/x HTTP/1.1\r\nHost: api.invalid:8080\r\n")
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==\r\n" in server.heard[0]


def test_a_proxy_is_asked_for_a_tunnel_to_a_server_with_tls():
    refused = b"HTTP/1.1 407 Who are you\r\n\r\n"
    with Server(refused).serving() as server:
        proxy = f"http://me:pass@127.0.0.1:{server.port}"
        connections = server.connect(server="https://api.invalid:6443", proxy=proxy)
        with closing(connections), pytest.raises(OSError, match="407"):
            connections.send("GET", "/x", None, {}, None)
    assert server.heard[0].startswith(b"CONNECT api.invalid:6443 HTTP/1.")
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==\r\n" in server.heard[0]


def test_other_proxies_are_refused():
    with pytest.raises(MecctlError, match="socks5"):
        Connections(Connection("https://api.invalid", False, {}, "socks5://127.0.0.1:1", "default"), 5, 5)
