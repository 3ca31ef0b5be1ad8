"""kill -9 in the middle of a run: one plain re-run finishes, and nothing is left that nobody knows of."""

import base64
import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from mecctl.engine.project.program import Program
from mecctl.engine.run.outcome import Outcome
from tests.support.cases import Case, told

pytestmark = pytest.mark.e2e

MANY = """
for number in range(int(config.require("count"))):
    ConfigMap(f"c{number}", metadata={"namespace": ns, "labels": {"made": "here"}}, data={"v": config.require("v")})
"""

CANARY = "canary-in-a-journal"
MIXED = f"""
v = config.require("v")
def make(name, real=None, **more):
    metadata = {{"namespace": ns, "name": real or name, "labels": {{"made": "here"}}}}
    ConfigMap(name, metadata=metadata, data={{"v": v}}, **more)
for number in range(6):
    make(f"update-{{number}}")
    make(f"fixed-{{number}}", immutable=True)
    make(f"named-{{number}}", f"named-{{number}}-{{v}}")
    make(f"{{'old' if v == '1' else 'new'}}-{{number}}")
Secret("secret", metadata={{"namespace": ns, "name": "secret"}}, string_data={{"k": "{CANARY}-" + v}})
"""


def kill_when(case: Case, program: Program, reached: Callable[[], bool], by: int = signal.SIGKILL) -> bool:
    """Start `up` in a process of its own and end it once `reached()`; whether it was alive until then."""
    process = subprocess.Popen(case.command(program), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and not reached() and time.monotonic() < deadline:
        time.sleep(0.002)
    alive = process.poll() is None
    if alive:
        os.kill(process.pid, by)
    process.wait()
    return alive


def made(case: Case) -> set[str]:
    return {one["metadata"]["name"] for one in case.client.list("v1", "ConfigMap", case.ns, "made=here")}


def up(case: Case, **config: str) -> Outcome:
    return case.up(MANY, **config)


@pytest.mark.parametrize("count", [1, 10, 25, 39])
def test_killed_while_it_creates(case, count):
    """The re-run drops half of the program: what the dead run made of that half is deleted, not forgotten."""
    assert kill_when(case, case.program(MANY, count="40", v="1"), lambda: len(made(case)) >= count)
    up(case, count="20", v="1")
    assert len(made(case)) == 20
    assert up(case, count="20", v="1").changes == ()
    assert len(case.destroy().changes) == 20
    assert made(case) == set()


def test_killed_while_it_updates_and_deletes(case):
    up(case, count="30", v="1")

    def begun() -> bool:
        return len(made(case)) < 25

    kill_when(case, case.program(MANY, count="5", v="2"), begun)
    up(case, count="5", v="2")
    assert len(made(case)) == 5
    assert up(case, count="5", v="2").changes == ()


@pytest.mark.parametrize("size", [1, 3_000, 20_000, 50_000])
def test_killed_while_it_makes_updates_replaces_and_deletes(case, size):
    """Ended by the size that its journal has reached; all kinds of change are under way beside each other."""
    journal = case.state / "journal/case/dev.jsonl"
    case.up(MIXED, v="1")
    killed = kill_when(case, case.program(MIXED, v="2"), lambda: journal.exists() and journal.stat().st_size >= size)
    left = b"".join(path.read_bytes() for path in case.state.rglob("*") if path.is_file())
    assert CANARY.encode() not in left
    assert base64.b64encode(CANARY.encode()) not in left
    preview = case.preview(MIXED, v="2")
    assert bool(preview.changes) or not killed or size > 20_000
    assert told(preview) == told(case.up(MIXED, v="2"))
    assert case.up(MIXED, v="2").changes == ()
    every = [f"{kind}-{number}" for kind in ("update", "fixed", "new") for number in range(6)]
    assert case.names() == {*every, *(f"named-{number}-2" for number in range(6))}
    assert {one["data"]["v"] for one in case.client.list("v1", "ConfigMap", case.ns, "made=here")} == {"2"}
    assert case.names("Secret") == {"secret"}
    assert len(case.destroy().changes) == 25
    assert case.names() == set()


def test_an_interrupt_keeps_what_was_done_and_starts_nothing_new(case):
    source = """
    before = None
    for number in range(200):
        before = ConfigMap(f"c{number}", metadata={"namespace": ns, "name": f"c{number}", "labels": {"made": "here"}},
            opts=ResourceOptions(depends_on=[before] if before else []))
    """
    assert kill_when(case, case.program(source), lambda: len(made(case)) >= 5, by=signal.SIGINT)
    assert 5 <= len(made(case)) < 150
    assert not (case.state / "journal/case/dev.jsonl").exists()
    assert not list((case.state / ".pulumi/locks").rglob("*.json"))
    case.up("")
    assert made(case) == set()
