"""Volumes go from one carrier to another: over real HTTP, with a workload that is a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from gate import carrier, context, processes
from gate.carrier import Carrier, may_start
from gate.control import GateError

HERE, AWAY = {"mode": "local"}, {"mode": "closed"}


@contextmanager
def serving(root, record, listens=1) -> Iterator[SimpleNamespace]:
    (root / "data").mkdir(parents=True)
    made = Carrier(root, record, listens)
    made.told(["key", "secret", "4"])
    server = carrier._Server(made)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield SimpleNamespace(carrier=made, at=f"127.0.0.1:{server.server_port}", data=root / "data")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def workload(monkeypatch):
    """A process that the carriers take for the workload's only one."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(processes, "others", lambda: [process.pid])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def listener():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


@pytest.fixture
def pair(tmp_path, monkeypatch, workload, listener):
    monkeypatch.setattr(carrier, "PORT", 0)
    monkeypatch.setattr(context.Volumes, "_tell", lambda *_: None)  # to a gate, which isn't between them here
    with serving(tmp_path / "a", HERE) as here, serving(tmp_path / "b", AWAY, listener) as there:
        yield here, there


def volumes(here, there, key="secret"):
    told = {"epoch": 4, "peer": there.at, "seconds": 5, "context": {"carrier": here.at, "key": key}}
    return context.Volumes(told)


def five() -> float:
    return 5.0


def test_most_before_and_the_rest_while_it_stands_still(pair, workload):
    here, there = pair
    (here.data / "big").write_bytes(os.urandom(9 << 20))
    (there.data / "old").write_text("of another time")
    with volumes(here, there) as along:
        before = along.prepare()
        (here.data / "late").write_text("written since")
        after = along.carry(five)
        stopped = processes.state(workload.pid)
        along.settle()

    assert before > 9 << 20
    assert 0 < after < 2000 + (1 << 20)
    assert sorted(one.name for one in there.data.iterdir()) == [".mecctl-moved", "big", "late"]
    assert (there.data / "big").read_bytes() == (here.data / "big").read_bytes()
    assert there.carrier.may_start
    assert [stopped, processes.state(workload.pid)] == ["T", "T"]


def test_undone_it_goes_on(pair, workload):
    with volumes(*pair) as along:
        along.prepare()
        along.carry(five)
        along.undo()

    assert processes.state(workload.pid) in "RS"


def test_it_is_ended(pair, workload):
    here, _ = pair
    here.carrier.freeze(b"5")
    assert here.carrier.told(["end"]) == {"started": True}
    assert workload.wait(5) == -signal.SIGKILL


def test_it_goes_on_by_itself(workload):
    frozen = processes.Frozen()
    frozen.hold(0.05)
    assert processes.state(workload.pid) == "T"
    assert frozen._timer
    frozen._timer.join(5)
    assert processes.state(workload.pid) in "RS"


def test_without_the_key_nothing_is_answered(pair):
    here, there = pair
    for key in ("", "other"):
        refused = pytest.raises(GateError, match="sums there is answered with 403: not the key of the move")
        with volumes(here, there, key) as along, refused:
            along.prepare()


def test_volumes_of_what_runs_are_its_own(pair):
    here, _ = pair
    refused = pytest.raises(GateError, match="the workload runs here, so its volumes are its own")
    with volumes(here, here) as along, refused:
        along.prepare()


def test_one_that_does_not_listen_in_time(pair, listener, monkeypatch):
    here, there = pair
    monkeypatch.setattr(there.carrier, "_listens", 1)
    refused = pytest.raises(GateError, match="start there is answered with 409: the workload does not listen 0 s after")
    with volumes(here, there) as along, refused:
        along.prepare()
        along.carry(lambda: 0.7)


@pytest.mark.parametrize(
    ("record", "mark", "may"),
    [
        ({"mode": "local"}, "", True),
        ({"mode": "local"}, "2", True),
        ({"mode": "closed"}, "2", False),
        ({"mode": "peer"}, "", False),
        ({"mode": "moving", "epoch": 3, "was": ["local", 2, ""]}, "", True),
        ({"mode": "moving", "epoch": 3, "was": ["peer", 2, ""]}, "2", False),
        ({"mode": "moving", "epoch": 3, "was": ["peer", 2, ""]}, "3", True),
    ],
)
def test_where_it_may_start(record, mark, may):
    assert may_start(record, mark) is may


def test_others_are_those_of_the_same_user_but_itself(workload, monkeypatch):
    monkeypatch.undo()
    found = processes.others()

    assert workload.pid in found
    assert os.getpid() not in found
    assert 1 not in found


def test_one_that_ends_meanwhile_is_no_hindrance(workload):
    workload.send_signal(signal.SIGKILL)
    workload.wait()
    assert processes.state(workload.pid) == "X"
    processes.Frozen().hold(0.01)
