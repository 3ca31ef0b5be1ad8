"""What became of a stack's objects: changed, deleted, not ours, not to be seen; and a state that loses none of it."""

import json
from typing import Any

import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeClient
from mecctl.engine.run.finding import FieldDrift, Finding, Findings
from mecctl.engine.run.targets import Targets
from mecctl.errors import MecctlError, UnreachableError
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, Case, told, until
from tests.support.proxy import Answer, Proxy, status

pytestmark = pytest.mark.e2e

FOUR = """
for name in "abcd":
    ConfigMap(name, metadata={"namespace": ns, "name": name, "labels": {"x": "1"}}, data={"k": "1", "l": "2"})
"""


def refresh(case: Case, *, dry: bool, targets: Targets | None = None) -> dict[str, Finding]:
    with case.engine() as engine:
        found = engine.refresh("case", "dev", dry=dry, targets=targets or Targets())
    assert json.loads(json.dumps(found.json()))["objects"][0]["standing"]
    return {one.name: one for one in found.objects}


def state(case: Case) -> dict[str, Any]:
    latest = json.loads((case.state / ".pulumi/stacks/case/dev.json").read_text())["checkpoint"]["latest"]
    return {record["urn"].rpartition("::")[2]: record for record in latest["resources"]}


def edit(case: Case, name: str, manager: str, body: dict[str, Any]) -> None:
    path = f"/api/v1/namespaces/{case.ns}/configmaps/{name}"
    headers = {"Content-Type": "application/merge-patch+json"}
    case.client.request("PATCH", path, params={"fieldManager": manager}, body=body, headers=headers)


def remake(case: Case, name: str, manager: str) -> None:
    case.client.delete({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": case.ns}})
    body = {"metadata": {"name": name}, "data": {"k": "theirs"}}
    case.client.request("POST", f"/api/v1/namespaces/{case.ns}/configmaps", params={"fieldManager": manager}, body=body)


def test_every_standing_is_told_apart_and_recorded(case):
    case.up(FOUR)
    assert {one.standing for one in refresh(case, dry=True).values()} == {"unchanged"}
    edit(case, "a", "kubectl-edit", {"data": {"k": "2", "more": "of someone else"}, "metadata": {"labels": None}})
    case.client.delete(case.get("ConfigMap", "b"))
    remake(case, "c", "kubectl-create")
    before = (case.state / ".pulumi/stacks/case/dev.json").read_bytes()
    seen = refresh(case, dry=True)
    assert (case.state / ".pulumi/stacks/case/dev.json").read_bytes() == before
    assert {name: one.standing for name, one in seen.items()} == {
        "a": "changed",
        "b": "deleted",
        "c": "not-ours",
        "d": "unchanged",
    }
    assert seen["a"].fields == (FieldDrift("data.k", ("kubectl-edit",)), FieldDrift("metadata.labels"))
    assert seen["a"].reason == "data.k, metadata.labels differ (set by kubectl-edit)"
    assert seen["a"].object == f"{case.ns}/a"
    assert "kubectl-create" in seen["c"].reason
    assert refresh(case, dry=False) == seen
    assert state(case)["a"]["outputs"]["data"]["more"] == "of someone else"
    assert state(case)["a"]["inputs"]["data"] == {"k": "1", "l": "2"}
    assert not {"b", "c"} & state(case).keys()
    assert refresh(case, dry=True) == {name: seen[name] for name in "ad"}
    case.client.delete(case.get("ConfigMap", "c"))
    assert told(case.up(FOUR)) == [("update", "a"), ("create", "b"), ("create", "c")]
    assert {one.standing for one in refresh(case, dry=True).values()} == {"unchanged"}


def test_what_others_may_do_is_no_drift(case):
    source = """
    labels = {"app": "web"}
    k8s.apps.v1.Deployment("web", metadata={"namespace": ns, "name": "web", "annotations": {
            "pulumi.com/skipAwait": "true"}}, opts=ResourceOptions(ignore_changes=["spec.replicas"]),
        spec={"replicas": 1, "selector": {"match_labels": labels}, "template": {"metadata": {"labels": labels},
            "spec": {"containers": [{"name": "main", "image": "registry.invalid/web:1",
                "resources": {"requests": {"cpu": "1000m"}}}]}}})
    """
    case.up(source)
    path = f"/apis/apps/v1/namespaces/{case.ns}/deployments/web"
    headers = {"Content-Type": "application/strategic-merge-patch+json"}
    annotated = {"metadata": {"annotations": {"seen": "1"}}, "spec": {"replicas": 3, "minReadySeconds": 1}}
    case.client.request("PATCH", path, params={"fieldManager": "scaler"}, body=annotated, headers=headers)
    assert refresh(case, dry=False)["web"].standing == "unchanged"
    image = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "registry.invalid/web:2"}]}}}}
    case.client.request("PATCH", path, params={"fieldManager": "kubectl-set"}, body=image, headers=headers)
    fields = (FieldDrift("spec.template.spec.containers[0].image", ("kubectl-set",)),)
    assert refresh(case, dry=True)["web"].fields == fields


def test_a_kind_that_is_gone_takes_its_objects_with_it(case):
    group = f"{case.ns}.example.com"
    source = f"""
    schema = {{"type": "object", "x_kubernetes_preserve_unknown_fields": True}}
    names = {{"plural": "widgets", "singular": "widget", "kind": "Widget"}}
    crd = k8s.apiextensions.v1.CustomResourceDefinition("crd", metadata={{"name": "widgets.{group}"}},
        spec={{"group": "{group}", "scope": "Namespaced", "names": names, "versions": [
            {{"name": version, "served": True, "storage": version == "v2", "schema": {{"open_apiv3_schema": schema}}}}
            for version in ("v1", "v2")]}})
    k8s.apiextensions.CustomResource("w", api_version="{group}/v1", kind="Widget",
        metadata={{"namespace": ns, "name": "w"}}, spec={{"size": 1}}, opts=ResourceOptions(depends_on=[crd]))
    """
    case.up(source)
    assert refresh(case, dry=True)["w"].standing == "unchanged"
    live = case.client.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"widgets.{group}")
    live["spec"]["versions"][0]["served"] = False
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}"
    case.client.request("PUT", path, body=live)
    until(lambda: case.client.versions(f"{group}/v1", "Widget") == [f"{group}/v2"])
    seen = refresh(case, dry=False)
    assert (seen["w"].standing, seen["crd"].standing) == ("unreachable", "changed")
    assert f"as {group}/v2" in seen["w"].reason
    assert "w" in state(case)
    widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": case.ns}}
    with KubeClient.from_kubeconfig(case.kubeconfig) as client:
        assert client.delete(widget, wait=10), "by the version that is served"
    case.client.delete(live, wait=10)
    until(lambda: case.client.versions(f"{group}/v1", "Widget") == [])
    assert {one.standing for one in refresh(case, dry=False).values()} == {"deleted"}
    assert not {"w", "crd"} & state(case).keys()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(403, "Forbidden", "may not get"), "403: may not get"),
        (status(500, "InternalError", "etcd is away"), "500: etcd is away"),
        (status(401, "Unauthorized", "who are you"), "401: who are you"),
        (Answer(404, b"no such page"), "404: no such page"),
    ],
)
def test_what_is_refused_is_not_deleted(case, answer, said):
    case.up(FOUR)
    before = state(case)
    proxy = Proxy(case.kubeconfig, case.folder)
    proxy.rule = lambda _, path: answer if "/configmaps/a" in path or "/configmaps/b" in path else None
    with proxy.serving(), Engine(case.state, proxy.kubeconfig, PASSPHRASE, Silent()) as engine:
        seen = engine.refresh("case", "dev")
    assert said in seen.unreachable[0].reason
    assert [one.name for one in seen.unreachable] == ["a", "b"]
    assert seen.drifted == ()
    assert state(case) == before


def test_a_cluster_that_goes_away_in_the_middle_leaves_the_state_as_it_is(case):
    case.up(FOUR)
    before = (case.state / ".pulumi/stacks/case/dev.json").read_bytes()
    proxy = Proxy(case.kubeconfig, case.folder)
    with Engine(case.state, proxy.kubeconfig, PASSPHRASE, Silent()) as engine:
        with proxy.serving():
            proxy.rule = lambda _, path: None if "/version" in path else Answer(0)
            seen = engine.refresh("case", "dev")
            assert [one.standing for one in seen.objects] == ["unreachable"] * 4
        with pytest.raises(UnreachableError):
            engine.refresh("case", "dev")
    assert (case.state / ".pulumi/stacks/case/dev.json").read_bytes() == before


def test_targets_alone_are_looked_at(case):
    case.up(FOUR)
    edit(case, "a", "kubectl-edit", {"data": {"k": "2"}})
    edit(case, "b", "kubectl-edit", {"data": {"k": "2"}})
    assert list(refresh(case, dry=False, targets=Targets(("b",)))) == ["b"]
    assert state(case)["b"]["outputs"]["data"]["k"] == "2"
    assert state(case)["a"]["outputs"]["data"]["k"] == "1"
    with pytest.raises(MecctlError, match="'z' is neither"):
        refresh(case, dry=True, targets=Targets(("z",)))


def test_an_empty_stack_has_nothing_to_find(case):
    with case.engine() as engine:
        assert engine.refresh("case", "dev") == Findings()


def test_a_second_cluster_that_is_away_hides_only_its_own_objects(case):
    source = """
    from pathlib import Path
    far = k8s.Provider("far", kubeconfig=Path(config.require("far")).read_text())
    ConfigMap("near", metadata={"namespace": ns, "name": "near"}, data={"k": "1"})
    ConfigMap("there", metadata={"namespace": ns, "name": "there"}, data={"k": "1"}, opts=ResourceOptions(provider=far))
    """
    proxy = Proxy(case.kubeconfig, case.folder)
    with proxy.serving():
        case.up(source, far=str(proxy.kubeconfig))
        assert {one.standing for one in refresh(case, dry=False).values()} == {"unchanged"}
    case.client.delete(case.get("ConfigMap", "near"))
    seen = refresh(case, dry=False)
    assert {name: one.standing for name, one in seen.items()} == {"near": "deleted", "there": "unreachable"}
    assert "can't be reached" in seen["there"].reason
    assert {"there", "far"} <= state(case).keys()
