"""The guard's client against a server that speaks TLS, and its page."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from guard.__main__ import TENDED, Guard, serve
from guard.api import Api, ApiError
from tests.guard.cluster import Cluster
from tests.support.certificates import Authority


@pytest.fixture
def server(tmp_path):
    """An API server: `answers` maps a path to lines of JSON; `asked` are the paths with the token they came with."""
    answers: dict[str, tuple[int, Any]] = {}
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Authorization"]))
            status, body = answers.get(self.path, (404, {"message": "isn't there"}))
            self.send_response(status)
            self.end_headers()
            lines = body if isinstance(body, list) else [body]
            self.wfile.write("".join(json.dumps(line) + "\n" for line in lines).encode())

        def log_message(self, *_):
            pass

    pair = Authority(tmp_path).issue("server", "kube-apiserver")
    (tmp_path / "token").write_text("first\n")
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.socket = pair.serving(http.socket)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield Api("127.0.0.1", http.server_port, tmp_path), answers, asked, tmp_path
    http.shutdown()
    http.server_close()


def listed(*names):
    return {"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": name}} for name in names]}


def test_a_list_is_followed_and_read_anew(server):
    api, answers, asked, account = server
    watch = "/api/v1/namespaces?watch=1&resourceVersion=7&timeoutSeconds=5"
    answers["/api/v1/namespaces"] = (200, listed("a"))
    answers[watch] = (200, [{"type": "DELETED", "object": {"metadata": {"name": "a"}}}])

    seen = api.follow("/api/v1/namespaces", 5)
    first = [next(seen) for _ in range(3)]
    (account / "token").write_text("second\n")
    again = [next(seen) for _ in range(2)]
    seen.close()

    assert first == [{"metadata": {"name": "a"}}, None, {"metadata": {"name": "a"}, "deleted": True}]
    assert again == [{"metadata": {"name": "a"}}, None]
    assert [token for _, token in asked] == ["Bearer first", "Bearer first", "Bearer second"]


def test_an_error_of_a_watch_is_told_and_overcome(server, capsys, monkeypatch):
    monkeypatch.setattr("guard.api._AGAIN", 0.0)
    api, answers, _, _ = server
    answers["/x"] = (200, listed())
    gone = {"type": "ERROR", "object": {"message": "too old resource version"}}
    answers["/x?watch=1&resourceVersion=7&timeoutSeconds=5"] = (200, [gone])

    seen = api.follow("/x", 5)
    assert [next(seen), next(seen)] == [None, None]
    seen.close()

    assert "too old resource version" in capsys.readouterr().err


def test_a_refusal_says_what_the_server_said(server):
    with pytest.raises(ApiError, match="GET /nowhere: isn't there"):
        server[0].request("GET", "/nowhere")


def test_nobody_there_is_an_error(server):
    api = server[0]
    api._port = 1

    with pytest.raises(ApiError, match="Connection refused"):
        api.request("GET", "/x")


def look(port):
    """The status and text of the page, once somebody listens."""
    end = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except urllib.error.URLError:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_the_page_is_well_only_once_everything_was_seen():
    guard = Guard(Cluster())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threading.Thread(target=serve, args=(guard, port), daemon=True).start()

    assert look(port)[0] == 503
    guard.seen.update(TENDED)
    guard.done["namespaces closed"] = 2
    status, text = look(port)
    assert status == 200
    assert 'mecctl_guard_done_total{what="namespaces closed"} 2\n' in text


def test_one_that_is_refused_does_not_stop_the_others(capsys):
    class Listed(Cluster):
        def follow(self, path, seconds):
            yield {"metadata": {"namespace": "a"}}
            yield {"metadata": {"namespace": "b"}}
            yield None

        def request(self, method, path, body=None, content=""):
            if "/a/" in path:
                raise ApiError("forbidden")

    guard = Guard(Listed())
    guard.tend("accounts without a token")

    assert (guard.done["accounts without a token"], guard.refused) == (1, 1)
    assert guard.seen == {"accounts without a token"}
    assert "forbidden" in capsys.readouterr().err
