"""Throttling, broken connections and dead servers, against a real HTTP server on the loopback."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from mecctl.engine.kube import KubeError
from mecctl.engine.kube.config import Connection
from mecctl.engine.kube.stop import Stop
from mecctl.engine.kube.transport import Transport
from mecctl.errors import UnreachableError


class Handler(BaseHTTPRequestHandler):
    """Answers what the test put on the list: a status, or None to hang up."""

    answers: ClassVar[list[int | None]] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = self.answers.pop(0)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.send_header("Retry-After", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the base class's way

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def transport(monkeypatch):
    monkeypatch.setattr(Stop, "pause", lambda *_: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        transport = Transport(Connection(f"http://127.0.0.1:{server.server_port}", False, {}, None, "default"), 5)
        yield transport
        transport.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("answers", "status"), [([429, 200], 200), ([503, 429, 200], 200), ([None, None, 200], 200), ([200], 200)]
)
def test_a_busy_or_restarting_server_is_asked_again(transport, answers, status):
    Handler.answers = list(answers)
    assert transport.send("GET", "/x").status == status
    assert Handler.answers == []


def test_patience_has_an_end(transport):
    Handler.answers = [429] * 9
    with pytest.raises(KubeError) as told:
        transport.send("GET", "/x")
    assert told.value.status == 429


def test_a_server_that_keeps_hanging_up_is_unreachable(transport):
    Handler.answers = [None] * 9
    with pytest.raises(UnreachableError):
        transport.send("GET", "/x")
    assert len(Handler.answers) == 6


def test_a_creation_is_never_sent_twice(transport):
    Handler.answers = [None, 200]
    with pytest.raises(UnreachableError):
        transport.send("POST", "/x", content=b"{}")
    assert Handler.answers == [200]


def test_a_dead_server_is_unreachable():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        transport = Transport(Connection(f"http://127.0.0.1:{port}", False, {}, None, "default"), 5)
        with pytest.raises(UnreachableError, match=str(port)):
            transport.send("GET", "/x")
        transport.close()


def test_any_failure_that_names_a_pause_is_asked_again(transport):
    Handler.answers = [500, 504, 200]
    assert transport.send("GET", "/").status == 200


def test_a_request_that_gets_no_answer_in_time_is_named():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        transport = Transport(Connection(address, False, {}, None, "default"), 0.2)

        with pytest.raises(UnreachableError) as told:
            transport.send("GET", "/api/v1/namespaces/a/pods/b/log")

    assert str(told.value.why).startswith("no answer to GET /api/v1/namespaces/a/pods/b/log in time: TimeoutError")
