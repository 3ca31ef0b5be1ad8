"""Fields that a program sets on objects of others, and lets go of again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.state import StackState, backend
from tests.engine.test_conflicts import write
from tests.support.cases import PASSPHRASE, Case, told

pytestmark = pytest.mark.e2e

PATCH = """
import json
k8s.core.v1.ConfigMapPatch("p", metadata={"namespace": ns, "name": config.get("name") or "x",
    "annotations": json.loads(config.get("annotations") or "{}")}, data=json.loads(config.require("data")))
"""


def make(case: Case, name: str = "x", **data: str) -> None:
    metadata = {"name": name, "namespace": case.ns}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    path = f"/api/v1/namespaces/{case.ns}/configmaps"
    case.client.request("POST", path, params={"fieldManager": "somebody"}, body=body)


def given(annotations: dict[str, str] | None = None, **data: str) -> dict[str, str]:
    return {"data": json.dumps(data), "annotations": json.dumps(annotations or {})}


def data(case: Case, name: str = "x") -> dict[str, str] | None:
    return (case.get("ConfigMap", name) or {}).get("data")


def test_fields_are_set_changed_and_let_go(case):
    make(case, theirs="1")
    assert case.preview(PATCH, **given(ours="1")).changes == (made := case.up(PATCH, **given(ours="1"))).changes
    assert told(made) == [("create", "p")]
    assert data(case) == {"theirs": "1", "ours": "1"}
    assert case.preview(PATCH, **given(ours="1")).changes == case.up(PATCH, **given(ours="1")).changes == ()
    changed = given(ours="2", more="3")
    assert case.preview(PATCH, **changed).changes == (outcome := case.up(PATCH, **changed)).changes
    assert told(outcome) == [("update", "p")]
    assert data(case) == {"theirs": "1", "ours": "2", "more": "3"}
    case.up(PATCH, **given(ours="2"))
    assert data(case) == {"theirs": "1", "ours": "2"}
    manager = case.checkpoint()["resources"][-1]["outputs"]["__fieldManager"]
    assert manager.startswith("mecctl-")
    uid = case.get("ConfigMap", "x")["metadata"]["uid"]
    assert case.preview("").changes == (gone := case.up("")).changes
    assert told(gone) == [("delete", "p")]
    live = case.get("ConfigMap", "x")
    assert (live["data"], live["metadata"]["uid"]) == ({"theirs": "1"}, uid)
    assert manager not in str(live["metadata"]["managedFields"])


def test_drift_is_seen_and_mended(case):
    make(case, theirs="1")
    case.up(PATCH, **given(ours="1"))
    case.client.request(
        "PATCH",
        f"/api/v1/namespaces/{case.ns}/configmaps/x",
        body={"data": {"ours": None}},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    with case.engine() as engine:
        found = engine.refresh("case", "dev", dry=True).objects
        assert [(one.name, one.standing, one.reason) for one in found] == [("p", "changed", "data.ours differs")]
    assert told(case.preview(PATCH, **given(ours="1"))) == told(case.up(PATCH, **given(ours="1"))) == [("update", "p")]
    assert data(case) == {"theirs": "1", "ours": "1"}


def test_a_conflict_is_told_and_taken_over_where_the_patch_says_so(case):
    make(case, k="1")
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=r"\.data\.k is set by somebody"):
            act(PATCH, **given(k="2"))
    assert data(case) == {"k": "1"}
    forced = given({"pulumi.com/patchForce": "true"}, k="2")
    preview = case.preview(PATCH, **forced)
    outcome = case.up(PATCH, **forced)
    assert preview.changes == outcome.changes
    assert "taken over: .data.k from somebody" in outcome.changes[0].reason
    assert data(case) == {"k": "2"}
    write(case, "kubectl-edit", "x", k="3")
    with pytest.raises(ProgramError, match="kubectl-edit"):
        case.up(PATCH, **given(k="2"))
    assert case.up(PATCH, **forced).changes[0].action == "update"
    assert data(case) == {"k": "2"}


def test_an_object_that_is_not_there_is_made_and_left(case):
    assert told(case.preview(PATCH, **given(ours="1"))) == told(case.up(PATCH, **given(ours="1"))) == [("create", "p")]
    case.client.delete(case.get("ConfigMap", "x"), wait=10)
    outcome = case.up(PATCH, **given(ours="1"))
    assert outcome.changes[0].reason == "is gone from the cluster"
    case.destroy()
    assert case.names() == {"x"}
    assert data(case) is None


def test_a_patch_may_move_to_another_object(case):
    make(case, theirs="1")
    make(case, "y", theirs="1")
    case.up(PATCH, **given(ours="1"))
    preview = case.preview(PATCH, name="y", **given(ours="1"))
    assert preview.changes == (outcome := case.up(PATCH, name="y", **given(ours="1"))).changes
    assert told(outcome) == [("replace", "p")]
    assert (data(case), data(case, "y")) == ({"theirs": "1"}, {"theirs": "1", "ours": "1"})


def test_the_object_of_the_same_program_may_be_patched(case):
    """Its owner doesn't see the patch's fields as its own, and goes first only when the patch has let go."""
    source = """
    x = ConfigMap("x", metadata={"namespace": ns, "name": "x"}, data={"a": "1"})
    k8s.core.v1.ConfigMapPatch("p", metadata={"namespace": ns, "name": x.metadata.name}, data={"b": "1"},
        opts=ResourceOptions(depends_on=[x]))
    """
    case.up(source)
    assert data(case) == {"a": "1", "b": "1"}
    assert case.preview(source).changes == case.up(source).changes == ()
    assert set(told(case.destroy())) == {("delete", "p"), ("delete", "x")}
    assert case.names() == set()


@pytest.mark.parametrize("applied", [True, False])
def test_a_patch_that_a_kill_cut_off_is_taken_up_or_forgotten(case, applied):
    make(case, theirs="1")
    case.up(PATCH, **given(ours="1"))
    salt = str(case.checkpoint()["secrets_providers"]["state"]["salt"])
    state = StackState(backend(case.state), "case", "dev", lambda _: Crypter.resume(PASSPHRASE, salt)).open()
    patch = next(one for one in state.resources.values() if one.is_patch)
    state.drop(patch)
    state.intend(replace(patch, outputs={}))
    state.close()
    if not applied:
        live = case.get("ConfigMap", "x")
        case.client.delete(live, wait=10)
        make(case, theirs="1")
    assert told(case.destroy()) == ([("delete", "p")] if applied else [])
    assert data(case) == {"theirs": "1"}


def test_one_patch_of_two_on_an_object_goes(case):
    make(case)
    one, two = (
        f'k8s.core.v1.ConfigMapPatch("{name}", metadata={{"namespace": ns, "name": "x"}}, data={{"{name}": "1"}})\n'
        for name in ("first", "second")
    )
    case.up(one + two)
    assert data(case) == {"first": "1", "second": "1"}
    case.up(two)
    assert data(case) == {"second": "1"}


def test_a_deployment_is_patched_field_by_field(case):
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": "example.invalid/web:1"}]},
    }
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    metadata = {"name": "web", "namespace": case.ns}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
    path = f"/apis/apps/v1/namespaces/{case.ns}/deployments"
    case.client.request("POST", path, params={"fieldManager": "somebody"}, body=body)
    source = """
    k8s.apps.v1.DeploymentPatch("web", metadata={"namespace": ns, "name": "web",
        "annotations": {"pulumi.com/skipAwait": "true"}}, spec={"template": {"spec": {"containers": [
            {"name": "web", "env": [{"name": "SITE", "value": "edge"}]}]}}})
    """
    case.up(source)

    def container() -> dict[str, Any]:
        live = case.get("Deployment", "web", "apps/v1")
        assert live
        return dict(live["spec"]["template"]["spec"]["containers"][0])

    assert (container()["image"], container()["env"]) == ("example.invalid/web:1", [{"name": "SITE", "value": "edge"}])
    case.up("")
    assert "env" not in container()
    assert container()["image"] == "example.invalid/web:1"


def test_what_an_object_needs_is_not_let_go_in_silence(case):
    source = 'k8s.core.v1.ServicePatch("s", metadata={"namespace": ns, "name": "s"}, spec={"ports": [{"port": 80}]})'
    case.up(source)
    with pytest.raises(ProgramError, match="which nobody else sets"):
        case.destroy()
    assert len(case.checkpoint()["resources"]) == 3
    case.up(source.replace("spec=", "opts=ResourceOptions(retain_on_delete=True), spec="))
    case.destroy()
    assert case.names("Service") == {"s"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("k8s.core.v1.ConfigMapPatch('p', data={'a': 'b'})", "without saying which"),
        ("k8s.core.v1.ConfigMapPatch('p', metadata={'name': 'x'}, opts=ResourceOptions(import_='x'))", "of its own"),
    ],
)
def test_what_is_no_patch_of_anything_is_refused(case, source, said):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=said):
            act(source)


def test_a_resource_that_takes_over_anothers_object_keeps_it(case):
    """Under another name in the program and no alias: the object isn't deleted with the name that went."""
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "x"}, data={"k": "1"})')
    uid = case.get("ConfigMap", "x")["metadata"]["uid"]
    renamed = 'ConfigMap("b", metadata={"namespace": ns, "name": "x"}, data={"k": "1"})'
    assert case.preview(renamed).changes == case.up(renamed).changes == ()
    assert case.get("ConfigMap", "x")["metadata"]["uid"] == uid
    assert told(case.destroy()) == [("delete", "b")]
