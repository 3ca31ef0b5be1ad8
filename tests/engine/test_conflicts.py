"""Fields that another field manager owns: told, left alone, and taken over only when the run is told to."""

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import Case, told

pytestmark = pytest.mark.e2e

SOURCE = 'ConfigMap("x", metadata={"namespace": ns, "name": "x"}, data={"k": config.require("k"), "l": "1"})'


def with_option(**options: list[str]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return f"{SOURCE[:-1]}, opts=ResourceOptions({given}))"


def write(case: Case, manager: str, name: str, **data: str) -> None:
    case.client.request(
        "PATCH",
        f"/api/v1/namespaces/{case.ns}/configmaps/{name}",
        params={"fieldManager": manager},
        body={"data": data},
        headers={"Content-Type": "application/merge-patch+json"},
    )


def test_conflicts_are_taken_over_when_the_run_is_told_to(case):
    case.up(SOURCE, k="1")
    write(case, "autoscaler", "x", k="2")
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match="--force-conflicts"):
            act(SOURCE, k="3")
    assert case.get("ConfigMap", "x")["data"] == {"k": "2", "l": "1"}
    with case.engine() as engine:
        preview = engine.preview(case.program(SOURCE, k="3"), force_conflicts=True)
        outcome = engine.up(case.program(SOURCE, k="3"), force_conflicts=True)
    assert preview.changes == outcome.changes
    assert told(outcome) == [("update", "x")]
    assert outcome.changes[0].reason == "data.k differs (taken over: .data.k from autoscaler)"
    assert case.get("ConfigMap", "x")["data"] == {"k": "3", "l": "1"}
    assert case.up(SOURCE, k="3").changes == ()


def test_an_object_of_others_is_not_adopted_even_so(case):
    metadata = {"name": "x", "namespace": case.ns}
    case.client.request(
        "POST",
        f"/api/v1/namespaces/{case.ns}/configmaps",
        params={"fieldManager": "somebody"},
        body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": "theirs"}},
    )
    with case.engine() as engine, pytest.raises(ProgramError, match="exists already"):
        engine.up(case.program(SOURCE, k="3"), force_conflicts=True)
    assert case.get("ConfigMap", "x")["data"] == {"k": "theirs"}


@pytest.mark.parametrize("ignored", ["data[*]", "data.*", "data"])
def test_ignored_changes_may_be_named_by_wildcards(case, ignored):
    source = with_option(ignore_changes=[ignored])
    case.up(source, k="1")
    write(case, "somebody", "x", k="theirs", m="more")
    assert case.preview(source, k="3").changes == case.up(source, k="3").changes == ()
    assert case.get("ConfigMap", "x")["data"] == {"k": "theirs", "l": "1", "m": "more"}


def test_everything_may_be_ignored(case):
    source = with_option(ignore_changes=["*"])
    case.up(source, k="1")
    assert case.preview(source, k="3").changes == case.up(source, k="3").changes == ()
    assert case.get("ConfigMap", "x")["data"] == {"k": "1", "l": "1"}
    assert told(case.destroy()) == [("delete", "x")]


def test_any_change_may_take_a_new_object(case):
    source = with_option(replace_on_changes=["*"])
    case.up(source, k="1")
    before = case.get("ConfigMap", "x")["metadata"]["uid"]
    assert case.preview(source, k="2").changes == (outcome := case.up(source, k="2")).changes
    assert told(outcome) == [("replace", "x")]
    assert case.get("ConfigMap", "x")["metadata"]["uid"] != before
    assert case.up(source, k="2").changes == ()
