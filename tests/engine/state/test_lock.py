"""One run at a time, and a dead holder is in nobody's way."""

import json
import os
import socket
from pathlib import Path

import pytest

from mecctl.engine.state.lock import StackLock
from mecctl.errors import LockedError

TIME = "2026-01-01T00:00:00Z"


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "a.lock", tmp_path / "notes"


def note(folder: Path, **who: object) -> None:
    folder.mkdir()
    (folder / "x.json").write_text(json.dumps({"username": "u", "timestamp": TIME, **who}))


def test_the_second_is_refused_until_the_first_lets_go(paths):
    first, second = StackLock(*paths), StackLock(*paths)
    first.take(TIME)
    assert json.loads(next(paths[1].glob("*.json")).read_text())["pid"] == os.getpid()
    with pytest.raises(LockedError):
        second.take(TIME)
    first.release()
    assert not list(paths[1].glob("*.json"))
    second.take(TIME)
    second.release()


def test_a_note_of_a_living_pulumi_is_honoured(paths):
    note(paths[1], pid=os.getppid(), hostname=socket.gethostname())
    with pytest.raises(LockedError, match=str(os.getppid())):
        StackLock(*paths).take(TIME)


def test_a_note_from_another_machine_is_honoured(paths):
    note(paths[1], pid=1, hostname="elsewhere")
    with pytest.raises(LockedError, match="elsewhere"):
        StackLock(*paths).take(TIME)


@pytest.mark.parametrize("who", [{"pid": 2**22 + 7, "hostname": socket.gethostname()}, {"pid": 1, "mecctl": True}])
def test_a_note_of_the_dead_is_removed(paths, who):
    note(paths[1], **who)
    lock = StackLock(*paths)
    lock.take(TIME)
    assert not (paths[1] / "x.json").exists()
    lock.release()
