"""Ctrl-C and SIGTERM: what is under way ends, the state is saved, the next run goes on."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from mecctl.engine.engine import Engine
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told

pytestmark = pytest.mark.e2e

AT_ONCE = 5.0  # seconds; about one on a quiet machine
NEVER_READY = """
spec = {"selector": {"match_labels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
    "spec": {"containers": [{"name": "c", "image": "registry.invalid/x:1"}]}}}
waiting = k8s.apps.v1.Deployment("waiting", metadata={"namespace": ns, "name": "waiting"}, spec=spec)
ConfigMap("after", metadata={"namespace": ns, "name": "after"}, opts=ResourceOptions(depends_on=[waiting]))
"""


class When(Silent):
    """Does something once when the run says something."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.act = lambda: None
        self.at = 0.0

    def advance(self, *said: object) -> None:
        self._hear(str(said[-1]))

    def log(self, text: str) -> None:
        self._hear(text)

    def _hear(self, text: str) -> None:
        if self.says in text and not self.at:
            self.at = time.monotonic()
            self.act()


def interrupted(case, source: str, says: str, verb: str = "up") -> None:
    """Run a program and interrupt it when it says so; it has to end at once."""
    when = When(says)
    with Engine(case.state, case.kubeconfig, PASSPHRASE, when) as engine:
        when.act = engine.interrupt
        with pytest.raises(KeyboardInterrupt):
            getattr(engine, verb)(case.program(source))
        assert time.monotonic() - when.at < AT_ONCE
        with pytest.raises(KeyboardInterrupt):
            engine.preview(case.program(source))


def journal_is_gone(case) -> bool:
    return not list(case.state.rglob("*.jsonl"))


def test_a_wait_for_readiness_is_given_up_and_taken_up_again(case):
    interrupted(case, NEVER_READY, "replicas available")
    latest = case.checkpoint()
    record = next(one for one in latest["resources"] if one["urn"].endswith("::waiting"))
    assert record["initErrors"] == ["created, not ready yet"]
    assert record["outputs"]["metadata"]["uid"] == case.get("Deployment", "waiting", "apps/v1")["metadata"]["uid"]
    assert latest.get("pending_operations", []) == []
    assert journal_is_gone(case)
    assert told(case.preview(NEVER_READY)) == [("update", "waiting"), ("create", "after")]


def test_a_delete_that_hangs_is_given_up(case):
    held = """
    metadata = {"namespace": ns, "name": "held", "finalizers": ["test.invalid/held"]}
    ConfigMap("held", metadata=metadata)
    ConfigMap("before", metadata={"namespace": ns, "name": "before"})
    """
    case.up(held)
    with case.engine() as engine:
        thread = threading.Thread(target=when_deleted, args=(case, "held", engine.interrupt))
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            engine.up(case.program(""))
        thread.join()
    left = [one["urn"].rpartition("::")[2] for one in case.checkpoint()["resources"]]
    assert "held" in left
    path = f"/api/v1/namespaces/{case.ns}/configmaps/held"
    case.client.request(
        "PATCH",
        path,
        body={"metadata": {"finalizers": None}},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    case.up("")
    assert case.names() == set()


def when_deleted(case, name: str, act: Callable[[], None]) -> None:
    """Act once the ConfigMap is on its way out."""
    for event in case.client.watch("v1", "ConfigMap", case.ns, name=name, timeout=20):
        if event.object.get("metadata", {}).get("deletionTimestamp"):
            break
    act()


def test_an_asynchronous_program_that_never_ends_is_interrupted(case):
    source = """
    import asyncio
    made = ConfigMap("a", metadata={"namespace": ns, "name": "a"})
    async def main():
        await made.metadata.uid.future()
        pulumi.log.info("idle now")
        await asyncio.Event().wait()
    pulumi.run(main)
    """
    interrupted(case, source, "idle now")
    assert case.names() == {"a"}
    assert journal_is_gone(case)


def start(case, source: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        case.command(case.program(source)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "now" in line:
            return process
    raise AssertionError(process.wait())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("hang", ["import time; time.sleep(1000)", "while True: pass"])
def test_a_program_that_hangs_ends_by_a_signal_and_the_state_is_saved(case, number, hang):
    """Made before: one resource of an output that the program waited for, so that it is there for certain."""
    source = f"""
import asyncio
async def main():
    made = ConfigMap("a", metadata={{"namespace": ns, "name": "a"}})
    await made.metadata.uid.future()
    print("now", flush=True)
    {hang}
pulumi.run(main)
"""
    process = start(case, source)
    sent = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - sent < AT_ONCE
    assert "KeyboardInterrupt" in err
    assert out == ""
    assert case.names() == {"a"}
    assert journal_is_gone(case)
    assert told(case.preview(source.replace(hang, "pass"))) == []


def test_a_second_signal_ends_it_at_once_and_the_next_run_recovers(case):
    """The program catches the first."""
    source = """
import asyncio, time
async def main():
    made = ConfigMap("a", metadata={"namespace": ns, "name": "a"})
    await made.metadata.uid.future()
    while True:
        try:
            print("now", flush=True)
            time.sleep(1000)
        except BaseException:
            pass
pulumi.run(main)
"""
    process = start(case, source)
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    assert "now" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert not journal_is_gone(case)
    assert case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"})').changes == ()
    assert journal_is_gone(case)
