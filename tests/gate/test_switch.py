"""What happens beside a gate when the workload is let go, against real HTTP and a gate's socket in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gate import switch
from gate.control import GateError, Mode


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._say(204 if self.path.startswith("/.well-known") else 200, b"the state")

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, told, self.headers["x-mecctl-epoch"]))  # type: ignore[attr-defined]
        assert self.headers["x-mecctl-gate"] == "secret"
        self._say(500 if self.path == "/refuse" else 200, b"")

    def _say(self, code: int, said: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(said) if code != 204 else 0))
        self.end_headers()
        if code != 204:
            self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def listening() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gate(monkeypatch):
    """A gate's modes as gate.lua has them; `asked` are the commands."""
    known: dict[str, Any] = {"mode": "local", "epoch": 3, "busy": [2, 1, 0], "asked": [], "expires": False}

    def mode(command: str = "") -> Mode:
        if command:
            known["asked"].append(command)
            what, *words = command.split()
            if what == "hold":
                known["mode"] = "hold"
            elif what == "commit" and not known["expires"]:
                known["mode"], known["epoch"] = "peer", int(words[0])
            elif what == "commit":
                known["mode"] = "local"
            else:
                known["mode"] = what
        return Mode(known["mode"], known["epoch"], 0)

    monkeypatch.setattr(switch, "mode", mode)
    monkeypatch.setattr(switch, "busy", lambda: known["busy"].pop(0) if known["busy"] else 0)
    monkeypatch.setattr(switch, "point", lambda peer: known["asked"].append(f"point {peer}"))
    return known


def told(server: Any, **more: Any) -> dict[str, Any]:
    here = f"127.0.0.1:{server.server_port}"
    context = {"export": "/out", "import": "/in"}
    return {"epoch": 4, "peer": here, "key": "secret", "seconds": 5, "app": here, "context": context, **more}


def test_held_drained_carried_and_let_go(gate):
    with listening() as server:
        found = switch.switch(told(server))

    assert found["bytes"] == len("the state")
    assert server.taken == [("/in", b"the state", "4"), ("/.well-known/mecctl-gate", b"", "4")]
    assert found["taken"]
    assert gate["asked"][1:] == ["hold 5 local", "commit 4"]
    assert gate["busy"] == []


def test_without_a_context_nothing_is_carried(gate):
    with listening() as server:
        assert switch.switch(told(server, context=None))["bytes"] == 0
    assert server.taken == [("/.well-known/mecctl-gate", b"", "4")]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"context": {"export": "/out", "import": "/refuse"}}, "import is answered with 500"),
        ({"peer": "127.0.0.1:1"}, "refused"),
    ],
)
def test_what_goes_wrong_leaves_it_here_in_the_same_epoch(gate, more, said):
    with listening() as server, pytest.raises((GateError, OSError), match=said):
        switch.switch(told(server, **more))

    held = any("hold" in one for one in gate["asked"])
    assert gate["asked"][-1] == ("local 3" if held else f"point {more['peer']}")
    assert gate["mode"] == "local"


def test_requests_that_do_not_end_leave_it_here(gate):
    gate["busy"] = [1] * 10_000
    with listening() as server, pytest.raises(GateError, match="did not end in time"):
        switch.switch(told(server, seconds=0.5))

    assert gate["mode"] == "local"


def test_a_hold_that_has_ended_commits_nothing(gate):
    gate["expires"] = True
    with listening() as server, pytest.raises(GateError, match="the hold ended after 5 s"):
        switch.switch(told(server))

    assert gate["mode"] == "local"


def test_what_is_not_here_can_not_be_let_go(gate):
    gate["mode"] = "peer"
    with listening() as server, pytest.raises(GateError, match="the gate is peer"):
        switch.switch(told(server))
    assert all("hold" not in one for one in gate["asked"])
