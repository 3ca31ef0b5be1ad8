"""The probe's script, run by this machine's bash against this machine's own loopback."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mecctl.probe import pod
from mecctl.process import run

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="the script runs in an image that has curl")


class Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def results(*attempts: str) -> dict[int, dict[str, Any]]:
    ended = run(["bash", "-c", pod._SCRIPT.read_text(), "probe", *attempts], timeout=20)
    return {one["id"]: one for one in map(json.loads, ended.stdout.splitlines())}


def test_a_name_and_open_and_closed_ports(port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        silent = free.getsockname()[1]

        found = results(
            "0 name localhost 0",
            f"1 open 127.0.0.1 {port}",
            f"2 closed 127.0.0.1 {port}",
            f"3 closed 127.0.0.1 {silent}",
        )

    assert found[0]["address"] == "127.0.0.1"
    assert [found[i]["http"] for i in (1, 2, 3)] == ["200", "200", "000"]
    assert found[1]["connected"] > 0
    assert (found[3]["connected"], found[3]["exit"]) == (0, 7)


def test_what_opens_late_is_waited_for(port):
    with socket.socket() as late:
        late.bind(("127.0.0.1", 0))
        listening = threading.Timer(1.0, late.listen)
        listening.start()

        found = results(f"0 open 127.0.0.1 {late.getsockname()[1]}")
        listening.join()

    assert found[0]["connected"] > 0


def test_every_attempt_of_many_has_a_result(port):
    found = results(*(f"{i} closed 127.0.0.1 {port}" for i in range(40)))

    assert sorted(found) == list(range(40))
