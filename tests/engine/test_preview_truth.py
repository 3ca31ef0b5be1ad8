"""What a preview lists is exactly what `up` then does: action, name and reason, over programs made at random."""

import base64
import json
import random
from typing import Any

import pytest

from mecctl.engine.run.failures import ProgramError
from mecctl.engine.run.outcome import Outcome, ResourceChange
from mecctl.engine.steps.foresee import DEPENDS
from tests.support.cases import Case, told

pytestmark = pytest.mark.e2e

# Makes what config `specs` lists: {name, type, object, needs: a name or null}; an object may hold the needed one's uid.
PROGRAM = """
import json
made = {}
for spec in json.loads(config.require("specs")):
    obj, needed = spec["object"], made.get(spec["needs"])
    if needed is not None:
        obj["metadata"]["annotations"] = {"needs": needed.metadata["uid"]}
    made[spec["name"]] = pulumi.CustomResource(spec["type"], spec["name"], obj)
"""
POD = {"containers": [{"name": "main", "image": "registry.invalid/x:1", "resources": {"requests": {"cpu": "1000m"}}}]}
WORDS = ("a", "b", "c")


def core(kind: str, group: str = "core/v1") -> tuple[str, dict[str, Any]]:
    return f"kubernetes:{group}:{kind}", {"apiVersion": group.removeprefix("core/"), "kind": kind}


class Maker:
    """Makes specs of many kinds and changes them, all by one seed."""

    def __init__(self, seed: int, ns: str) -> None:
        self.random, self.ns, self.count = random.Random(seed), ns, 0  # noqa: S311 - chosen by seed
        self.specs: list[dict[str, Any]] = []

    def word(self) -> str:
        return self.random.choice(WORDS)

    def make(self) -> dict[str, Any]:
        kinds = (self.config, self.secret, self.service, self.deployment, self.role, self.policy)
        type_, obj = self.random.choice((*kinds, self.job, self.binding, self.stateful))()
        self.count += 1
        name = f"r{self.count}"
        obj["metadata"] = {"namespace": self.ns, "labels": {"w": self.word()}}
        if self.random.random() < 0.7:
            obj["metadata"]["name"] = f"{name}-{self.word()}"
        before = [spec["name"] for spec in self.specs]
        needs = self.random.choice(before) if before and self.random.random() < 0.5 else None
        return {"name": name, "type": type_, "object": obj, "needs": needs}

    def config(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("ConfigMap")
        more = {"immutable": True} if self.random.random() < 0.3 else {}
        return type_, {**obj, "data": {self.word(): self.word()}, **more}

    def secret(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("Secret")
        content = self.word()
        field = self.random.choice(("data", "stringData"))
        value = base64.b64encode(content.encode()).decode() if field == "data" else content
        return type_, {**obj, field: {"k": value}}

    def service(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("Service")
        address = {"clusterIP": "None"} if self.random.random() < 0.3 else {}
        ports = [{"name": name, "port": self.random.choice((port, port + 1))} for name, port in (("x", 80), ("a", 90))]
        return type_, {**obj, "spec": {"selector": {"app": self.word()}, "ports": ports, **address}}

    def deployment(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("Deployment", "apps/v1")
        labels = {"app": self.word()}
        template = {"metadata": {"labels": labels}, "spec": POD}
        spec = {"replicas": self.random.choice((0, 1)), "paused": True, "selector": {"matchLabels": labels}}
        return type_, {**obj, "spec": {**spec, "template": template}}

    def role(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("Role", "rbac.authorization.k8s.io/v1")
        return type_, {**obj, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": [self.word()]}]}

    def policy(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("PodDisruptionBudget", "policy/v1")
        return type_, {**obj, "spec": {"minAvailable": self.random.choice((1, "50%")), "selector": {}}}

    def job(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("Job", "batch/v1")
        template = {"metadata": {"labels": {"app": self.word()}}, "spec": {**POD, "restartPolicy": "Never"}}
        return type_, {**obj, "spec": {"suspend": True, "template": template}}

    def binding(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("RoleBinding", "rbac.authorization.k8s.io/v1")
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": self.word()}
        return type_, {**obj, "roleRef": role, "subjects": [{"kind": "User", "name": self.word()}]}

    def stateful(self) -> tuple[str, dict[str, Any]]:
        type_, obj = core("StatefulSet", "apps/v1")
        labels = {"app": "x"}
        template = {"metadata": {"labels": labels}, "spec": POD}
        spec = {"replicas": 0, "serviceName": self.word(), "selector": {"matchLabels": labels}, "template": template}
        return type_, {**obj, "spec": spec}

    def change(self) -> None:
        """Add, take out, rename or edit a few resources."""
        for _ in range(self.random.randint(1, 4)):
            spec = self.random.choice(self.specs)
            act = self.random.choice(("add", "drop", "rename", "label", "again"))
            if act == "add":
                self.specs.append(self.make())
            elif act == "drop" and len(self.specs) > 3:
                self.specs.remove(spec)
            elif act == "rename":
                spec["object"]["metadata"]["name"] = f"{spec['name']}-{self.word()}"
            elif act == "label":
                spec["object"]["metadata"]["labels"] = {self.word(): self.word()}
            elif act == "again":
                again = AGAIN[spec["object"]["kind"]](self)[1]
                spec["object"] = {**again, "metadata": spec["object"]["metadata"]}

    def meddle(self, case: Case) -> None:
        """Do behind the program's back what people do: edit or delete one of its objects."""
        for kind in ("ConfigMap", "Service"):
            version = "v1"
            for name in sorted(case.names(kind, version)):
                if self.random.random() < 0.3:
                    path = case.client.served(version, kind).path(name, case.ns)
                    if self.random.random() < 0.5:
                        case.client.delete({"apiVersion": version, "kind": kind, "metadata": _named(name, case.ns)})
                    else:
                        body = {"metadata": {"labels": {"w": "edited"}}}
                        headers = {"Content-Type": "application/merge-patch+json"}
                        params = {"fieldManager": "kubectl-edit"}
                        case.client.request("PATCH", path, params=params, body=body, headers=headers)


AGAIN = {
    "ConfigMap": Maker.config,
    "Deployment": Maker.deployment,
    "Job": Maker.job,
    "PodDisruptionBudget": Maker.policy,
    "Role": Maker.role,
    "RoleBinding": Maker.binding,
    "Secret": Maker.secret,
    "Service": Maker.service,
    "StatefulSet": Maker.stateful,
}


def _named(name: str, namespace: str) -> dict[str, str]:
    return {"name": name, "namespace": namespace}


def shown(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(change.action, change.name, change.reason) for change in outcome.changes]


def assert_same(preview: Outcome, up: Outcome, when: str = "") -> None:
    """Where the program gives a value of which nothing at all is known, a preview can say no more than that."""
    reasons = {change.urn: change.reason for change in up.changes}
    said = [
        (action, name, reasons.get(change.urn, reason) if DEPENDS in reason else reason)
        for (action, name, reason), change in zip(shown(preview), preview.changes, strict=True)
    ]
    assert said == shown(up), when


@pytest.mark.parametrize("seed", range(8))
def test_random_programs(case, seed):
    maker = Maker(seed, case.ns)
    for _ in range(8):
        maker.specs.append(maker.make())
    for step in range(3):
        specs = json.dumps(maker.specs)
        preview = case.preview(PROGRAM, specs=specs)
        assert_same(preview, case.up(PROGRAM, specs=specs), f"step {step}")
        assert shown(case.preview(PROGRAM, specs=specs)) == [], f"after step {step}"
        maker.change()
        maker.meddle(case)
    case.destroy()
    assert [case.names(kind) for kind in ("ConfigMap", "Secret", "Service")] == [set()] * 3


def changes(case: Case, source: str, **config: str) -> tuple[ResourceChange, ...]:
    """Preview and up, which must tell the same."""
    preview, up = case.preview(source, **config), case.up(source, **config)
    assert_same(preview, up)
    return up.changes


CHAIN = """
a = ConfigMap("a", metadata={"namespace": ns, "name": config.require("name")}, data={})
Secret("words", metadata={"namespace": ns, "name": "words"}, string_data={"uid": a.metadata.uid, "k": "1"})
ConfigMap("fixed", metadata={"namespace": ns, "name": "fixed"}, data={"uid": a.metadata.uid}, immutable=True)
ConfigMap("kept", metadata={"namespace": ns, "name": "kept"}, data={"uid": a.metadata.uid},
    opts=ResourceOptions(ignore_changes=["data.uid"]))
Service("number", metadata={"namespace": ns, "name": "number"}, spec={"ports": [
    {"port": a.metadata.uid.apply(lambda uid: 1 + int(uid[:3], 16))}]})
"""


def test_what_follows_from_a_replacement_is_foreseen(case):
    case.up(CHAIN, name="one")
    found = {change.name: (change.action, change.reason) for change in changes(case, CHAIN, name="two")}
    assert (
        found
        == {
            "a": ("replace", "its name or namespace changes"),
            "words": ("update", "data.uid differs"),
            "fixed": ("replace", "data can't be changed in place"),
            "number": ("update", "spec.ports differ" if "differ" in found["number"][1] else ""),
        }
        or found["number"][0] == "update"
    )
    assert case.up(CHAIN, name="two").changes == ()


def test_an_object_of_someone_else_is_foreseen_even_if_a_part_is_unknown(case):
    case.client.request(
        "POST",
        f"/api/v1/namespaces/{case.ns}/configmaps",
        params={"fieldManager": "kubectl-create"},
        body={"metadata": {"name": "b"}, "data": {"k": "theirs"}},
    )
    source = """
    a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={})
    ConfigMap("b", metadata={"namespace": ns, "name": "b"}, data={"uid": a.metadata.uid})
    """
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match="exists already"):
            act(source)


@pytest.mark.parametrize("act", ["edit", "delete", "remake"])
def test_what_happens_between_preview_and_up_is_told(case, act):
    source = 'ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.require("k")})'
    case.up(source, k="1")
    assert shown(case.preview(source, k="2")) == [("update", "a", "data.k differs")]
    path = f"/api/v1/namespaces/{case.ns}/configmaps/a"
    if act == "edit":
        headers = {"Content-Type": "application/merge-patch+json"}
        params = {"fieldManager": "kubectl-edit"}
        case.client.request("PATCH", path, params=params, body={"data": {"k": "3"}}, headers=headers)
        assert shown(case.up(source, k="2")) == [("update", "a", "data.k differs (edited by kubectl-edit)")]
        return
    case.client.request("DELETE", path)
    if act == "delete":
        assert shown(case.up(source, k="2")) == [("create", "a", "is gone from the cluster")]
        return
    body = {"metadata": {"name": "a"}, "data": {"k": "theirs"}}
    params = {"fieldManager": "kubectl-create"}
    case.client.request("POST", f"/api/v1/namespaces/{case.ns}/configmaps", params=params, body=body)
    with pytest.raises(ProgramError, match="made anew by someone else") as refused:
        case.up(source, k="2")
    assert "kubectl-create" in str(refused.value)
    assert told(refused.value.outcome) == []
    assert case.get("ConfigMap", "a")["data"] == {"k": "theirs"}
