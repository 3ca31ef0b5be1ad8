"""Events of Pulumi's CLI, as its event log writes them (pulumi/pulumi sdk/go/common/apitype/events.go)."""

from typing import Any

from pulumi.automation import EngineEvent

from mecctl.engine.automation.clievents import Heard
from mecctl.engine.objects.fields import FieldDiff
from mecctl.engine.run.events import Event
from mecctl.engine.run.finding import FieldDrift
from mecctl.errors import UnreachableError

KIND = "kubernetes:apps/v1:Deployment"
STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


def urn(name: str) -> str:
    return f"urn:pulumi:dev::shop::{KIND}::{name}"


def state(name: str, replicas: int | None, id_: str = "") -> dict[str, Any]:
    spec = {} if replicas is None else {"spec": {"replicas": replicas}}
    inputs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "ns", "name": name}, **spec}
    return {"type": KIND, "urn": urn(name), "custom": True, "id": id_, "parent": STACK, "inputs": inputs, "outputs": {}}


def step(kind: str, op: str, name: str, old: Any = None, new: Any = None, **more: Any) -> EngineEvent:
    metadata = {"op": op, "urn": urn(name), "type": KIND, "provider": "p", "old": old, "new": new, **more}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, kind: {"metadata": metadata}})


def said(message: str, severity: str = "error", urn_: str = "") -> EngineEvent:
    told = {"message": message, "color": "never", "severity": severity, "urn": urn_}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "diagnosticEvent": told})


class Listening:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    def resource(self, event: Event) -> None:
        self.heard.append((event.name, event.state, event.note))


def test_a_preview_is_told_by_what_comes_before_each_step():
    heard = Heard(None, dry=True)
    heard(step("resourcePreEvent", "create", "web", new=state("web", 2)))
    heard(step("resOutputsEvent", "create", "web", new=state("web", 2)))
    (change,) = heard.changes
    assert (change.action, change.name, change.object, change.reason) == ("create", "web", "ns/web", "is new")
    assert change.diff == (
        FieldDiff("metadata.namespace", None, "ns"),
        FieldDiff("metadata.name", None, "web"),
        FieldDiff("spec.replicas", None, 2),
    )


def test_a_run_is_told_by_what_has_ended():
    listening = Listening()
    heard = Heard(listening, dry=False)
    differs = {"detailedDiff": {"spec.replicas": {"diffKind": "update", "inputDiff": True}}}
    old, new = state("web", 1, "ns/web"), state("web", 2, "ns/web")
    heard(step("resourcePreEvent", "update", "web", old, new, **differs))
    assert not heard.changes
    heard(said("[1/2] waiting for replicas", "info#err", urn("web")))
    heard(step("resOutputsEvent", "update", "web", old, new, **differs))
    (change,) = heard.changes
    assert (change.action, change.reason) == ("update", "spec.replicas differs")
    assert change.diff == (FieldDiff("spec.replicas", 1, 2),)
    assert listening.heard == [
        ("web", "seen", ""),
        ("web", "running", "update"),
        ("", "waiting", "[1/2] waiting for replicas"),
        ("web", "seen", ""),
        ("web", "done", "update"),
    ]


def test_a_replacement_is_one_change_and_deletes_come_last():
    heard = Heard(None, dry=False)
    heard(step("resOutputsEvent", "delete", "a", old=state("a", 1, "ns/a")))
    for op in ("create-replacement", "replace", "delete-replaced", "same"):
        heard(step("resOutputsEvent", op, "web", state("web", 1, "ns/web"), state("web", 2, ""), diffs=["spec"]))
    assert [(one.action, one.object) for one in heard.changes] == [("replace", "ns/web"), ("delete", "ns/a")]


def test_components_and_the_stack_are_no_changes():
    heard = Heard(None, dry=True)
    root = {"type": "pulumi:pulumi:Stack", "urn": STACK, "custom": False, "id": "", "parent": ""}
    metadata = {"op": "create", "urn": STACK, "type": root["type"], "provider": "", "new": root}
    heard(EngineEvent.from_json({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}}))
    assert heard.changes == ()


def test_errors_are_failures_without_the_colours_and_told_from_an_unreachable_cluster():
    heard = Heard(None, dry=False)
    heard(said("<{%fg 1%}>is invalid<{%reset%}>\n", urn_=urn("web")))
    heard(said("configured Kubernetes cluster is unreachable: dial tcp"))
    heard(said("just a word", "info"))
    assert [(one.label, str(one.error)) for one in heard.failures] == [
        (f"{KIND} web", "is invalid"),
        ("the program", "configured Kubernetes cluster is unreachable: dial tcp"),
    ]
    assert [isinstance(one.error, UnreachableError) for one in heard.failures] == [False, True]


def test_a_refresh_tells_how_each_object_does():
    heard = Heard(None, dry=False)
    for op, name, more in [("same", "a", {}), ("update", "b", {"diffs": ["spec.replicas"]}), ("delete", "c", {})]:
        heard(step("resOutputsEvent", op, name, state(name, 1, f"ns/{name}"), state(name, 2, f"ns/{name}"), **more))
    assert [one.standing for one in heard.findings] == ["unchanged", "changed", "deleted"]
    assert heard.findings[1].fields == (FieldDrift("spec.replicas"),)
