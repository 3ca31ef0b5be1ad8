"""Programs against a real API: what is made, kept, changed, replaced and deleted."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.objects.values import Secret
from mecctl.engine.project.program import Program
from mecctl.engine.run.failures import ProgramError
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, Case, told

pytestmark = pytest.mark.e2e

SHOP = Path("tests/data/programs/shop").resolve()
TWO = """
a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.get("a") or "1"})
b = ConfigMap("b", metadata={"namespace": ns}, data={"uid": a.metadata.uid})
pulumi.export("name", b.metadata.name)
"""


def checkpoint(case: Case) -> Any:
    return json.loads((case.state / ".pulumi/stacks/case/dev.json").read_text())["checkpoint"]["latest"]


def test_a_program_with_components_secrets_and_outputs_goes_up_and_down(case):
    """48 objects in a namespace of the program's own; preview says what up does, again and again."""

    def run(verb: str, **config: str):
        with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine:
            if verb == "destroy":
                return engine.destroy("shop", "dev")
            given = {"namespace": f"{case.ns}-shop", **config}
            return getattr(engine, verb)(Program(SHOP, "dev", {f"shop:{key}": value for key, value in given.items()}))

    preview, up = run("preview"), run("up")
    assert told(preview) == told(up)
    assert len(up.changes) == 12
    assert up.outputs["namespace"] == f"{case.ns}-shop"
    assert up.outputs["login"] == Secret("http://user:canary-pass-phrase@shop")
    assert "address" not in preview.outputs
    assert up.outputs["address"].startswith("10.43.")
    for verb in ("up", "preview"):
        assert run(verb).changes == ()
    assert told(run("preview", mode="x", replicas="2")) == told(changed := run("up", mode="x", replicas="2"))
    assert {(change.action, change.reason) for change in changed.changes} == {
        ("update", "data.mode differs"),
        ("update", "spec.replicas differs"),
    }
    assert told(run("preview", tier="x")) == told(replaced := run("up", tier="x"))
    assert ("replace", "app-0") in told(replaced)
    assert run("up", tier="x").changes == ()
    gone = run("up", tier="x", apps="1")
    assert {change.action for change in gone.changes} == {"delete"}
    assert len(gone.changes) == 4
    assert len(run("destroy").changes) == 8
    assert [one for one in case.client.list("v1", "Namespace") if one["metadata"]["name"] == f"{case.ns}-shop"] == []
    assert run("destroy").changes == ()


def test_create_no_op_update_delete(case):
    assert told(case.preview(TWO)) == [("create", "a"), ("create", "b")]
    assert case.names() == set()
    made = case.up(TWO)
    assert told(made) == [("create", "a"), ("create", "b")]
    assert made.outputs["name"] in case.names()
    assert case.get("ConfigMap", made.outputs["name"])["data"] == {"uid": case.get("ConfigMap", "a")["metadata"]["uid"]}
    assert case.up(TWO).changes == case.preview(TWO).changes == ()
    change = case.up(TWO, a="2").changes[0]
    assert (change.action, change.name, change.object, change.reason) == (
        "update",
        "a",
        f"{case.ns}/a",
        "data.k differs",
    )
    assert case.get("ConfigMap", "a")["data"] == {"k": "2"}
    dropped = 'a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": "2"})'
    assert case.preview(dropped).changes == case.up(dropped).changes
    assert case.names() == {"a"}


def test_a_field_taken_out_of_the_program_goes_from_the_object(case):
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a", "labels": {"x": "1"}}, data={"k": "1", "l": "2"})')
    outcome = case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": "1"})')
    assert outcome.changes[0].reason == "data.l, metadata.labels differ"
    assert case.get("ConfigMap", "a")["data"] == {"k": "1"}


def test_equal_quantities_and_server_defaults_are_no_change(case):
    source = """
    k8s.core.v1.ResourceQuota("q", metadata={"namespace": ns, "name": "q"},
        spec={"hard": {"requests.cpu": config.require("cpu"), "requests.memory": "1024Mi"}})
    Service("s", metadata={"namespace": ns, "name": "s"}, spec={"ports": [{"port": 80}]})
    """
    case.up(source, cpu="1000m")
    assert case.up(source, cpu="1000m").changes == ()
    assert case.preview(source, cpu="1").changes == ()
    assert case.up(source, cpu="1").changes == ()


def test_a_rename_makes_the_new_object_before_the_old_one_goes(case):
    source = """
    a = ConfigMap("a", metadata={"namespace": ns, "name": config.require("name")}, data={})
    b = ConfigMap("b", metadata={"namespace": ns, "name": "b"}, data={"a": a.metadata.name})
    """
    case.up(source, name="one")
    preview = case.preview(source, name="two")
    assert told(preview) == told(case.up(source, name="two")) == [("replace", "a"), ("update", "b")]
    assert case.names() == {"two", "b"}
    assert case.up(source, name="two").changes == ()


def test_an_immutable_object_without_a_name_is_replaced_under_another(case):
    source = 'ConfigMap("a", metadata={"namespace": ns}, data={"k": config.require("k")}, immutable=True)'
    case.up(source, k="1")
    before = case.names()
    preview, outcome = case.preview(source, k="2"), case.up(source, k="2")
    assert preview.changes == outcome.changes
    assert told(outcome) == [("replace", "a")]
    assert len(case.names()) == 1
    assert case.names() != before
    assert case.up(source, k="2").changes == ()


@pytest.mark.parametrize("edit", ["change", "delete", "recreate"])
def test_what_happened_behind_its_back_is_seen_and_mended(case, edit):
    case.up(TWO)
    live = case.get("ConfigMap", "a")
    if edit == "change":
        live["data"] = {"k": "edited", "more": "kept, for it belongs to someone else"}
        path = f"/api/v1/namespaces/{case.ns}/configmaps/a"
        case.client.request("PUT", path, params={"fieldManager": "kubectl-edit"}, body=live)
        expected = ("update", "data.k differs (edited by kubectl-edit)")
    else:
        case.client.delete(live, wait=10)
        expected = ("create", "is gone from the cluster")
    if edit == "recreate":
        metadata = {"name": "a", "namespace": case.ns}
        case.client.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": "0"}})
        expected = ("update", "data.k differs")
    preview = case.preview(TWO)
    assert (preview.changes[0].action, preview.changes[0].reason) == expected
    assert told(case.up(TWO))[0] == (expected[0], "a")
    data = case.get("ConfigMap", "a")["data"]
    assert data.pop("k") == "1"
    assert len(data) == (1 if edit == "change" else 0)
    assert case.up(TWO).changes == ()


def test_a_lost_state_is_rebuilt_from_the_cluster(case):
    case.up(TWO)
    uids = {name: case.get("ConfigMap", name)["metadata"]["uid"] for name in case.names()}
    shutil.rmtree(case.state)
    assert case.preview(TWO).changes == ()
    assert case.up(TWO).changes == ()
    assert {name: case.get("ConfigMap", name)["metadata"]["uid"] for name in case.names()} == uids
    assert told(case.up(TWO, a="2")) == [("update", "a")]
    assert len(case.destroy().changes) == 2
    assert case.names() == set()


def test_objects_of_a_name_alone_are_found_again_too(case):
    source = 'k8s.core.v1.ServiceAccount("a", metadata={"namespace": ns, "name": "a"})'
    case.up(source)
    uid = case.get("ServiceAccount", "a")["metadata"]["uid"]
    shutil.rmtree(case.state)
    assert case.up(source).changes == ()
    assert case.get("ServiceAccount", "a")["metadata"]["uid"] == uid


def test_an_alias_keeps_the_object_and_its_children(case):
    source = """
    class Box(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("test:box:Box", name, None, opts)
            ConfigMap("inner", metadata={"namespace": ns, "name": "inner"}, data={}, opts=ResourceOptions(parent=self))
            self.register_outputs({"x": "y"})
    name = config.require("name")
    Box(name, ResourceOptions(aliases=[pulumi.Alias(name="old")]))
    """
    case.up(source, name="old")
    assert case.preview(source, name="new").changes == ()
    assert case.up(source, name="new").changes == ()
    urns = [record["urn"] for record in checkpoint(case)["resources"]]
    assert not [urn for urn in urns if "::old" in urn]
    assert case.names() == {"inner"}


def test_components_have_parents_and_outputs_in_state(case):
    case.up("""
    class Box(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:box:Box", name)
            inner = ConfigMap("inner", metadata={"namespace": ns, "name": "i"}, opts=ResourceOptions(parent=self))
            self.register_outputs({"uid": inner.metadata.uid})
    Box("box")
    """)
    records = {record["urn"].split("::")[-1]: record for record in checkpoint(case)["resources"]}
    assert records["inner"]["parent"] == records["box"]["urn"]
    assert records["box"]["parent"] == records["case-dev"]["urn"]
    assert records["box"]["outputs"] == {"uid": case.get("ConfigMap", "i")["metadata"]["uid"]}


def test_ignored_changes_stay_as_they_are_in_the_cluster(case):
    source = """
    ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.require("k"), "l": config.require("l")},
        opts=ResourceOptions(ignore_changes=["data.k"]))
    """
    case.up(source, k="1", l="1")
    assert told(case.up(source, k="2", l="2")) == [("update", "a")]
    assert case.get("ConfigMap", "a")["data"] == {"k": "1", "l": "2"}
    assert case.up(source, k="3", l="2").changes == ()


def test_protected_resources_stay(case):
    source = 'ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(protect=True))'
    case.up(source)
    for act in (lambda: case.preview(""), lambda: case.up(""), case.destroy):
        with pytest.raises(Exception, match="protected"):
            act()
    assert case.names() == {"a"}
    case.up(source.replace("True", "False"))
    case.up("")
    assert case.names() == set()


def test_retained_resources_stay_and_are_forgotten(case):
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(retain_on_delete=True))')
    case.up("")
    assert case.names() == {"a"}
    assert case.destroy().changes == ()


def test_objects_of_others_are_read_and_never_deleted(case):
    case.client.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": case.ns}})
    source = """
    x = ConfigMap.get("x", f"{ns}/x")
    pulumi.export("uid", x.metadata.uid)
    """
    outcome = case.up(source)
    assert outcome.changes == ()
    assert outcome.outputs["uid"] == case.get("ConfigMap", "x")["metadata"]["uid"]
    case.up("")
    assert case.names() == {"x"}
    with pytest.raises(Exception, match="not found"):
        case.up(source.replace("/x", "/y"))


def test_a_kind_and_an_object_of_it_in_one_run(case):
    group = f"{case.ns}.example.com"
    source = f"""
    schema = {{"type": "object", "x_kubernetes_preserve_unknown_fields": True}}
    names = {{"plural": "widgets", "singular": "widget", "kind": "Widget"}}
    widget = k8s.apiextensions.CustomResource("w", api_version="{group}/v1", kind="Widget",
        metadata={{"namespace": ns, "name": "w"}}, spec={{"size": int(config.require("size"))}})
    k8s.apiextensions.v1.CustomResourceDefinition("crd", metadata={{"name": "widgets.{group}"}},
        spec={{"group": "{group}", "scope": "Namespaced", "names": names, "versions": [
            {{"name": "v1", "served": True, "storage": True, "schema": {{"open_apiv3_schema": schema}}}}]}})
    """
    preview = case.preview(source, size="1")
    assert told(preview) == told(case.up(source, size="1")) == [("create", "crd"), ("create", "w")]
    assert case.up(source, size="1").changes == ()
    assert told(case.up(source, size="2")) == [("update", "w")]
    assert len(case.destroy().changes) == 2
    with pytest.raises(Exception, match="not there and not in the program"):
        case.preview(source[: source.index("    k8s.apiextensions.v1.")], size="1")


def test_yaml_is_read_into_resources(case):
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: y, namespace: {case.ns}}}\ndata: {{a: b}}\n"
    source = f"k8s.yaml.ConfigGroup('group', yaml=[{text!r}])"
    assert [change.action for change in case.up(source).changes] == ["create"]
    assert case.get("ConfigMap", "y")["data"] == {"a": "b"}
    assert case.up(source).changes == ()


def test_a_preview_knows_what_the_programs_before_it_bring(case):
    inner = 'ConfigMap("a", metadata={"namespace": f"{ns}-later", "name": "a"})'
    with case.engine() as engine:
        assert told(engine.preview(case.program('Namespace("later", metadata={"name": f"{ns}-later"})')))
        assert told(engine.preview(case.program(inner))) == [("create", "a")]
    with pytest.raises(ProgramError, match="it needs the namespace"):
        case.preview(inner)


def test_several_programs_run_one_after_another_in_one_process(case):
    """From a worker thread too, each with its own configuration, modules and state."""

    def project(name: str) -> Program:
        directory = case.folder / name
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(f"name: {name}\nruntime: {{name: python}}\n")
        (directory / "own.py").write_text(f"NAME = {name!r}\n")
        (directory / "__main__.py").write_text(
            "import pulumi, own\nfrom pulumi_kubernetes.core.v1 import ConfigMap\n"
            "ConfigMap(own.NAME, metadata={'namespace': pulumi.Config().require('ns'), 'name': own.NAME})\n"
            "pulumi.export('who', f'{own.NAME} {pulumi.get_project()} {pulumi.get_stack()}')\n"
        )
        return Program(directory, "dev", {f"{name}:ns": case.ns})

    programs = [project("first"), project("second"), project("third")]
    with case.engine() as engine, ThreadPoolExecutor(1) as pool:
        outcomes = [engine.up(programs[0]), *pool.map(engine.up, programs[1:])]
        assert [outcome.outputs["who"] for outcome in outcomes] == [
            f"{n} {n} dev" for n in ("first", "second", "third")
        ]
        assert all(engine.up(program).changes == () for program in programs)
    assert case.names() == {"first", "second", "third"}
