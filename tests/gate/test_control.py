"""HAProxy's socket: what is asked, and what its answers mean."""

import socket
import threading

import pytest

from gate import control
from gate.control import GateError, Mode


@pytest.fixture
def haproxy(tmp_path, monkeypatch):
    """A socket that answers each command as listed; yields what was asked."""
    path = tmp_path / "socket"
    answers: dict[str, str] = {}
    asked: list[str] = []
    monkeypatch.setattr(control, "SOCKET", path)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    door.listen()

    def serve() -> None:
        while True:
            try:
                link, _ = door.accept()
            except OSError:
                return
            with link:
                asked.append(link.recv(1000).decode().strip())
                link.sendall(answers.get(asked[-1], "Unknown command").encode())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield answers, asked
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join(5)


def test_modes(haproxy):
    answers, asked = haproxy
    answers |= {"gate mode": "local 3 0\n", "gate mode commit 4": "peer 4 0\n", "gate busy": "2\n"}

    assert control.mode() == Mode("local", 3, 0)
    assert control.mode("commit 4") == Mode("peer", 4, 0)
    assert control.busy() == 2
    assert asked == ["gate mode", "gate mode commit 4", "gate busy"]


def test_the_peer_is_pointed_at(haproxy):
    answers, asked = haproxy
    answers["set server there/gate addr 10.0.0.1 port 30080"] = "IP changed from '127.0.0.1' to '10.0.0.1' ..."
    control.point("10.0.0.1:30080")

    assert asked == ["set server there/gate addr 10.0.0.1 port 30080"]


def test_a_key_is_taken(haproxy):
    answers, asked = haproxy
    answers["gate key 0123"] = "known"
    control.know("0123")

    assert asked == ["gate key 0123"]


@pytest.mark.parametrize("act", [control.mode, lambda: control.point("nowhere:1"), lambda: control.know("0123")])
def test_what_it_does_not_take_is_told(haproxy, act):
    with pytest.raises(GateError, match="HAProxy says: Unknown command"):
        act()
