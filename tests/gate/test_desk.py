"""The desk of a gate: what is asked on standard input, and what is answered."""

import io
import json
import threading

import pytest

from gate import desk
from gate.control import GateError, Mode


@pytest.fixture
def asked(monkeypatch, capsys):
    """Give a desk lines, and return its answers; the gate behind it tells what it is told."""
    told: list[str] = []

    def mode(command: str = "") -> Mode:
        told.append(command)
        if command == "nonsense":
            raise GateError("HAProxy says: no")
        return Mode("local", 3, 1)

    monkeypatch.setattr(desk, "mode", mode)
    monkeypatch.setattr(desk, "busy", lambda: 2)
    monkeypatch.setattr(desk, "point", lambda peer: told.append(f"point {peer}"))
    monkeypatch.setattr(desk, "know", lambda key: told.append(f"key {key}"))
    monkeypatch.setitem(desk._WORK, "switch", lambda given: {"seconds": given["epoch"]})

    def ask(*lines: str) -> list[dict[str, object]]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        before = set(threading.enumerate())
        desk.serve(desk.answered)
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return ask, told


def words(*given: str) -> str:
    return json.dumps({"to": "me", "words": given})


LOCAL = {"to": "me", "name": "local", "epoch": 3, "served": 1, "busy": 2}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("mode",), [""]),
        (("mode", "hold", "5", "local"), ["hold 5 local"]),
        (("point", "10.0.0.1:30080"), ["point 10.0.0.1:30080", ""]),
        (("key", "0123"), ["key 0123", ""]),
    ],
)
def test_modes_and_the_peer(asked, given, told):
    ask, heard = asked

    assert ask(words(*given)) == [LOCAL]
    assert heard == told


def test_a_switch(asked):
    assert asked[0](words("switch", json.dumps({"epoch": 4}))) == [{"to": "me", "seconds": 4}]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (words("mode", "nonsense"), "HAProxy says: no"),
        (words("dance"), "there is no command 'dance'"),
        (words("switch", "{}"), "['switch'] lacks or has what this gate doesn't know: KeyError('epoch')"),
        (words("point"), "['point'] lacks or has what this gate doesn't know"),
        (words(), "there is no command ''"),
        ("nonsense", "'nonsense\\n' is no command"),
        ('{"to": 1}', "is no command"),
        ("[]", "is no command"),
    ],
)
def test_what_can_not_be_done_is_told(asked, line, why):
    (answer,) = asked[0](line)
    assert why in str(answer["error"])


def test_after_nonsense_it_goes_on(asked):
    answers = asked[0]("nonsense", words("mode"))
    assert LOCAL in answers
    assert len(answers) == 2
