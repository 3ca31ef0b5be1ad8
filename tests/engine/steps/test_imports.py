"""Objects that are there already are adopted as they are, or not at all."""

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import Case, told

pytestmark = pytest.mark.e2e

SOURCE = """
ConfigMap("x", metadata={"namespace": ns, "name": "x", "labels": {"l": "1"}}, data={"k": config.require("k")},
    opts=ResourceOptions(import_=f"{ns}/{config.get('id') or 'x'}"))
"""


def make(case: Case, name: str = "x") -> str:
    """Make an object as somebody else would, with a field that the program doesn't mention."""
    metadata = {"name": name, "namespace": case.ns, "labels": {"l": "1"}, "annotations": {"theirs": "1"}}
    path = f"/api/v1/namespaces/{case.ns}/configmaps"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": "1"}}
    made = case.client.request("POST", path, params={"fieldManager": "somebody"}, body=body)
    return str(made["metadata"]["uid"])


def test_an_object_is_adopted_as_it_is_and_then_ours(case):
    uid = make(case)
    preview = case.preview(SOURCE, k="1")
    assert case.state.exists() is False
    outcome = case.up(SOURCE, k="1")
    assert preview.changes == outcome.changes
    assert told(outcome) == [("import", "x")]
    assert outcome.changes[0].object == f"{case.ns}/x"
    live = case.get("ConfigMap", "x")
    assert live["metadata"]["uid"] == uid
    assert live["metadata"]["annotations"] == {"theirs": "1"}
    assert "mecctl" in {entry["manager"] for entry in live["metadata"]["managedFields"]}
    record = case.checkpoint()["resources"][-1]
    assert (record["id"], record["importID"]) == (f"{case.ns}/x", f"{case.ns}/x")
    assert case.preview(SOURCE, k="1").changes == case.up(SOURCE, k="1").changes == ()
    without = SOURCE.split("\n    opts", maxsplit=1)[0] + ")"
    assert case.up(without, k="1").changes == ()
    assert "importID" not in case.checkpoint()["resources"][-1]
    assert told(case.destroy()) == [("delete", "x")]
    assert case.names() == set()


def test_a_name_that_the_program_leaves_out_is_that_of_the_object(case):
    make(case)
    source = 'ConfigMap("x", data={"k": "1"}, opts=ResourceOptions(import_=f"{ns}/x"))'
    assert case.preview(source).changes == case.up(source).changes
    assert case.names() == {"x"}


def test_a_difference_is_an_error_that_names_the_fields(case):
    make(case)
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=r"isn't what the program says: data\.k differs"):
            act(SOURCE, k="2")
    assert "mecctl" not in str(case.get("ConfigMap", "x")["metadata"]["managedFields"])
    ignoring = SOURCE.replace("import_=", "ignore_changes=['data'], import_=")
    assert told(case.up(ignoring, k="2")) == [("import", "x")]
    assert case.get("ConfigMap", "x")["data"] == {"k": "1"}


def test_what_is_not_there_or_is_another_object_is_not_imported(case):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match="there is none"):
            act(SOURCE, k="1")
    make(case)
    with pytest.raises(ProgramError, match=f"imported as {case.ns}/y, but describes {case.ns}/x"):
        case.up(SOURCE, k="1", id="y")
    case.up(SOURCE, k="1")
    with pytest.raises(ProgramError, match=f"stands for {case.ns}/x already"):
        case.up(SOURCE, k="1", id="y")


def test_a_lost_state_imports_again(case):
    make(case)
    case.up(SOURCE, k="1")
    for path in sorted(case.state.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert told(case.up(SOURCE, k="1")) == [("import", "x")]


def test_what_its_maker_set_is_changed_only_when_told_to(case):
    make(case)
    case.up(SOURCE, k="1")
    with pytest.raises(ProgramError, match=r"\.data\.k is set by somebody"):
        case.up(SOURCE, k="2")
    with case.engine() as engine:
        program = case.program(SOURCE, k="2")
        assert told(engine.up(program, force_conflicts=True)) == [("update", "x")]
        assert engine.up(program).changes == ()
