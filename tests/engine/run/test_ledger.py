"""Changes and failures of a run."""

import pytest

from mecctl.engine.objects.fields import FieldDiff
from mecctl.engine.objects.values import Secret, secret
from mecctl.engine.run.events import Event
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.run.ledger import Ledger
from mecctl.engine.state import Resource
from mecctl.errors import MecctlError, UnreachableError


class Watcher:
    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        self.told.append(("begin", task, total, unit))

    def advance(self, task: str, done: float, note: str = "") -> None:
        self.told.append(("advance", task, done, note))

    def end(self, task: str, note: str = "") -> None:
        self.told.append(("end", task, note))

    def log(self, text: str) -> None:
        self.told.append(("log", text))


def one(name: str) -> Resource:
    kind = "kubernetes:core/v1:Pod"
    return Resource(f"urn:pulumi:dev::p::{kind}::{name}", kind, custom=True, id=f"ns/{name}")


def test_a_change_is_told_while_it_happens_and_kept_once_done():
    watcher = Watcher()
    ledger = Ledger(watcher)
    ledger.mask.learn({"x": secret("hunter22")})
    with ledger.doing("delete", one("b"), "was hunter22") as tell:
        tell("waiting for hunter22")
    with ledger.doing("create", one("a"), "is new"):
        pass
    assert watcher.told[:3] == [
        ("begin", "delete Pod ns/b", None, ""),
        ("advance", "delete Pod ns/b", 0, "waiting for [secret]"),
        ("end", "delete Pod ns/b", ""),
    ]
    outcome = ledger.outcome("p", {"x": secret("hunter22")})
    assert [(change.action, change.name, change.reason) for change in outcome.changes] == [
        ("create", "a", "is new"),
        ("delete", "b", "was [secret]"),
    ]
    assert outcome.outputs == {"x": Secret("hunter22")}


def test_a_change_that_failed_is_none():
    ledger = Ledger(Watcher())
    with pytest.raises(MecctlError), ledger.doing("create", one("a"), "is new"):
        raise MecctlError("no")
    assert ledger.outcome("p", {}).changes == ()


def test_what_needs_a_failed_one_is_skipped_and_so_on():
    ledger = Ledger(Watcher())
    ledger.fail("urn:a", "a", MecctlError("broken"))
    assert ledger.skip("urn:b", {"urn:a"})
    assert ledger.skip("urn:c", {"urn:b", "urn:x"})
    assert not ledger.skip("urn:d", {"urn:x"})
    with pytest.raises(ProgramError) as failed:
        ledger.outcome("p", {})
    assert [failure.urn for failure in failed.value.failures] == ["urn:a"]


def test_only_unreachable_is_told_as_that():
    ledger = Ledger(Watcher())
    ledger.fail("urn:a", "a", UnreachableError("gone"))
    with pytest.raises(UnreachableError):
        ledger.outcome("p", {})


class Heard:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, str]] = []

    def resource(self, event: Event) -> None:
        self.events.append((event.name or event.urn, event.state, event.note))


def test_a_listener_hears_what_happens_to_each_resource():
    heard = Heard()
    ledger = Ledger(Watcher(), heard)
    ledger.mask.learn({"x": secret("hunter22")})
    with ledger.doing("create", one("a"), "is new", (FieldDiff("data.k", None, "v"),)) as tell:
        tell("hunter22")
    with pytest.raises(MecctlError), ledger.doing("delete", one("b"), ""):
        raise MecctlError("no")
    ledger.fail("urn:b", "b", MecctlError("no"))
    ledger.skip("urn:c", {"urn:b"})
    ledger.same("urn:d")
    assert heard.events == [
        ("a", "running", "create"),
        ("a", "waiting", "[secret]"),
        ("a", "done", "create"),
        ("b", "running", "delete"),
        ("b", "failed", ""),
        ("urn:c", "skipped", ""),
        ("urn:d", "same", ""),
    ]
    with pytest.raises(ProgramError) as failed:
        ledger.outcome("p", {})
    assert failed.value.outcome.changes[0].diff == (FieldDiff("data.k", None, "v"),)
