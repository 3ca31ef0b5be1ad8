"""The desk of a gate: what is asked over its socket, and what is answered."""

import json
import socket
import threading

import pytest

from gate import desk
from gate.control import GateError, Mode


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Ask a desk that listens; the gate behind it tells what it is told."""
    told: list[str] = []

    def mode(command: str = "") -> Mode:
        told.append(command)
        if command == "nonsense":
            raise GateError("HAProxy says: no")
        return Mode("local", 3, 1)

    monkeypatch.setattr(desk, "DESK", tmp_path / "desk")
    monkeypatch.setattr(desk, "mode", mode)
    monkeypatch.setattr(desk, "busy", lambda: 2)
    monkeypatch.setattr(desk, "point", lambda peer: told.append(f"point {peer}"))
    monkeypatch.setitem(desk._WORK, "switch", lambda given: {"seconds": given["epoch"]})
    server = desk.Desk(desk.answered)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def ask(*words: str) -> dict[str, object]:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(tmp_path / "desk"))
            link.sendall("\0".join(words).encode())
            link.shutdown(socket.SHUT_WR)
            found: dict[str, object] = json.loads(link.makefile().read())
            return found

    yield ask, told
    server.shutdown()
    thread.join()
    server.server_close()


LOCAL = {"name": "local", "epoch": 3, "served": 1, "busy": 2}


def test_modes_and_the_peer(asked):
    ask, told = asked

    assert ask("mode") == LOCAL
    assert ask("mode", "hold", "5", "local") == LOCAL
    assert ask("point", "10.0.0.1:30080") == LOCAL
    assert told == ["", "hold 5 local", "point 10.0.0.1:30080", ""]


def test_a_switch(asked):
    assert asked[0]("switch", json.dumps({"epoch": 4})) == {"seconds": 4}


@pytest.mark.parametrize(
    ("words", "why"),
    [(("mode", "nonsense"), "HAProxy says: no"), (("dance",), "there is no command 'dance'"), (("",), "no command ''")],
)
def test_what_can_not_be_done_is_told(asked, words, why):
    assert why in asked[0](*words)["error"]


def test_what_an_earlier_one_has_left_is_no_hindrance(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "DESK", tmp_path / "desk")
    (tmp_path / "desk").touch()
    desk.Desk(desk.answered).server_close()
