"""State goes out and in as Pulumi's own export and import have it, and nothing of it changes on the way."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from mecctl.engine.objects.secrets import Keyring
from mecctl.engine.objects.values import secret
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.backend import FolderBackend
from mecctl.engine.state.transfer import export, replace
from mecctl.errors import LockedError, MecctlError

KEYS = Keyring("pass")
A = Resource("urn:pulumi:dev::p::t::a", "t", custom=True, id="a", inputs={"s": secret("canary")})
B = Resource("urn:pulumi:dev::p::t::b", "t", custom=True, id="b", dependencies=(A.urn,))


@pytest.fixture
def place(tmp_path):
    state = stack(FolderBackend(tmp_path)).open()
    state.put(A, B)
    state.close()
    return FolderBackend(tmp_path)


def stack(place: FolderBackend) -> StackState:
    return StackState(place, "p", "dev", KEYS)


def file(root: Path) -> Path:
    return root / ".pulumi/stacks/p/dev.json"


def taken(place: FolderBackend, *, show_secrets: bool = False) -> dict[str, Any]:
    return export(place, "p", "dev", KEYS, show_secrets=show_secrets)


def test_the_shape_is_that_of_pulumi_stack_export(place):
    document = taken(place)
    assert document.keys() == {"version", "deployment"}
    assert document["version"] == 3
    assert document["deployment"] == json.loads(file(place.root).read_text())["checkpoint"]["latest"]
    assert "canary" not in json.dumps(document)


@pytest.mark.parametrize("show_secrets", [False, True])
def test_out_and_in_again_changes_no_byte(place, show_secrets):
    before = file(place.root).read_bytes()
    document = json.loads(json.dumps(taken(place, show_secrets=show_secrets)))
    assert ("canary" in json.dumps(document)) is show_secrets
    replace(place, "p", "dev", document, KEYS)
    assert file(place.root).read_bytes() == before
    assert file(place.root).with_name("dev.json.bak").read_bytes() == before
    kinds = [
        json.loads(one.read_text())["kind"] for one in sorted((place.root / ".pulumi/history/p/dev").glob("*y.json"))
    ]
    assert kinds == ["update", "import"]


def test_a_secret_in_the_clear_is_shown_as_pulumi_shows_it(place):
    (record, _) = taken(place, show_secrets=True)["deployment"]["resources"]
    assert record["inputs"]["s"]["plaintext"] == '"canary"'
    assert "ciphertext" not in record["inputs"]["s"]


def test_what_pulumi_knows_and_mecctl_does_not_is_kept(place):
    document = taken(place)
    document["deployment"]["resources"][0]["customTimeouts"] = {"create": 60}
    document["deployment"]["extensions"] = {"x": 1}
    replace(place, "p", "dev", document, KEYS)
    assert taken(place) == document


def test_a_state_with_hooks_has_the_format_that_pulumi_gives_it(place):
    hooked = Resource("urn:pulumi:dev::p::t::h", "t", custom=True, id="h", hooks={"after_create": ["x"]})
    state = stack(place).open()
    state.put(hooked)
    state.close()
    document = taken(place)
    assert (document["version"], document["features"]) == (4, ["hooks"])
    assert json.loads(file(place.root).read_text())["features"] == ["hooks"]
    replace(place, "p", "dev", document, KEYS)
    assert stack(place).read().resources[hooked.urn] == hooked


def test_a_stack_can_be_made_from_an_export_with_secrets_in_the_clear(place, tmp_path):
    document = taken(place, show_secrets=True)
    del document["deployment"]["secrets_providers"]
    elsewhere = FolderBackend(tmp_path / "elsewhere")
    replace(elsewhere, "p", "dev", document, Keyring("another"))
    read = StackState(elsewhere, "p", "dev", Keyring("another")).read()
    assert read.resources == {A.urn: A, B.urn: B}
    every = [path.read_bytes() for path in elsewhere.root.rglob("*") if path.is_file()]
    assert not any(b"canary" in content for content in every)


def test_an_export_has_what_a_broken_off_run_did(place):
    state = stack(place).open()
    state.drop(B)
    state.intend(B)
    state._journal.close()
    document = taken(place)["deployment"]
    assert [record["urn"] for record in document["resources"]] == [A.urn]
    assert document["pending_operations"][0]["type"] == "creating"
    state._held.release()
    with pytest.raises(MecctlError, match="recovered first"):
        replace(place, "p", "dev", {"version": 3, "deployment": document}, KEYS)


def test_an_import_mends_a_damaged_state(place):
    document = taken(place)
    file(place.root).write_text("half of it is go")
    replace(place, "p", "dev", document, KEYS)
    assert taken(place) == document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: [], "not a deployment"),
        (lambda document: document["deployment"], "not a deployment"),
        (lambda document: {**document, "version": 4, "features": ["taint"]}, "format 4 with taint"),
        (lambda document: {**document, "deployment": {**document["deployment"], "manifest": {}}}, "altered"),
        (lambda document: json.loads(json.dumps(document).replace("::p::", "::q::")), "not of the stack dev"),
        (lambda document: json.loads(json.dumps(document).replace(":dev::", ":prod::")), "not of the stack dev"),
        (lambda document: {**document, "deployment": reversed_(document["deployment"])}, "comes after it"),
    ],
)
def test_what_is_not_this_stacks_state_is_refused(place, change, said):
    before = file(place.root).read_bytes()
    with pytest.raises(MecctlError, match=said):
        replace(place, "p", "dev", change(taken(place)), KEYS)
    assert file(place.root).read_bytes() == before
    assert not file(place.root).with_name("dev.json.bak").exists()


def test_another_passphrase_is_told_before_anything_changes(place):
    with pytest.raises(MecctlError, match="passphrase"):
        replace(place, "p", "dev", taken(place), Keyring("wrong"))
    with pytest.raises(MecctlError, match="passphrase"):
        export(place, "p", "dev", Keyring("wrong"))


def test_a_stack_that_is_not_there_or_at_work_is_told(place):
    with pytest.raises(MecctlError, match="no stack other of the project p"):
        export(place, "p", "other", KEYS)
    at_work = stack(place).open()
    with pytest.raises(LockedError, match="held by process"):
        replace(place, "p", "dev", taken(place), KEYS)
    at_work.close()


def reversed_(deployment: dict[str, Any]) -> dict[str, Any]:
    turned = copy.deepcopy(deployment)
    turned["resources"].reverse()
    return turned
