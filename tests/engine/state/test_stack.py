"""State survives an end at any point: what a call returned from is there again."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mecctl.engine.objects.secrets import Crypter, Keyring
from mecctl.engine.objects.values import secret
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.backend import FolderBackend
from mecctl.engine.state.lock import StackLock
from mecctl.errors import LockedError, MecctlError

CRYPTER = Crypter("pass", b"saltsalt")
A = Resource("urn:pulumi:dev::p::t::a", "t", custom=True, id="a", inputs={"s": secret("canary")})
B = Resource("urn:pulumi:dev::p::t::b", "t", custom=True, id="b", dependencies=(A.urn,))


def stack(root: Path) -> StackState:
    return StackState(FolderBackend(root), "p", "dev", lambda _salt: CRYPTER)


def file(root: Path) -> Path:
    return root / ".pulumi/stacks/p/dev.json"


def die(state: StackState) -> None:
    """Do what the end of the process does: close its files, and nothing else."""
    state._journal.close()
    assert isinstance(state._held, StackLock)
    os.close(state._held._descriptor or -1)


def test_what_is_put_is_there_again(tmp_path):
    state = stack(tmp_path).open()
    state.put(B)
    state.put(A)
    state.close()
    read = stack(tmp_path).read()
    assert list(read.resources.values()) == [A, B]
    assert not (tmp_path / "journal/p/dev.jsonl").exists()
    assert "canary" not in file(tmp_path).read_text()
    assert (tmp_path / ".pulumi/meta.yaml").read_text() == "version: 1\n"


def test_the_checkpoint_is_pulumis(tmp_path):
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    document = json.loads(file(tmp_path).read_text())
    latest = document["checkpoint"]["latest"]
    assert document["version"] == 3
    assert document["checkpoint"]["stack"] == "organization/p/dev"
    assert latest["secrets_providers"]["type"] == "passphrase"
    assert [record["urn"] for record in latest["resources"]] == [A.urn]
    assert "pending_operations" not in latest


def test_a_run_that_changes_nothing_writes_nothing(tmp_path):
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    before = file(tmp_path).stat().st_mtime_ns
    state = stack(tmp_path).open()
    state.put(A)
    state.refresh(A)
    state.close()
    assert file(tmp_path).stat().st_mtime_ns == before


@pytest.mark.parametrize("resumes", [1, 2, 3])
def test_a_run_that_died_is_taken_over(tmp_path, resumes):
    state = stack(tmp_path).open()
    state.put(A)
    state.intend(B)
    for _ in range(resumes):
        die(state)
        state = stack(tmp_path).open()
        assert list(state.resources.values()) == [A]
        assert state.pending == (B,)
    state.put(B)
    state.close()
    assert list(stack(tmp_path).read().resources.values()) == [A, B]


def test_a_first_run_that_died_can_be_taken_over_by_its_passphrase_alone(tmp_path):
    """There is no checkpoint yet that could say how the journal's secrets are encrypted."""
    state = StackState(FolderBackend(tmp_path), "p", "dev", Keyring("right")).open()
    state.put(A)
    die(state)
    assert not file(tmp_path).exists()
    before = (tmp_path / "journal/p/dev.jsonl").read_bytes()
    with pytest.raises(MecctlError, match="passphrase does not open"):
        StackState(FolderBackend(tmp_path), "p", "dev", Keyring("wrong")).open()
    assert (tmp_path / "journal/p/dev.jsonl").read_bytes() == before
    again = StackState(FolderBackend(tmp_path), "p", "dev", Keyring("right")).open()
    assert list(again.resources.values()) == [A]
    again.close()
    read = StackState(FolderBackend(tmp_path), "p", "dev", Keyring("right")).read()
    assert list(read.resources.values()) == [A]


def test_every_point_of_a_run_can_be_recovered(tmp_path):
    """Cut the journal after each byte: what comes back is the state after the last whole entry."""
    state = stack(tmp_path / "made").open()
    state.put(A)
    state.close()
    state = stack(tmp_path / "made").open()
    state.intend(B)
    state.put(B)
    state.put(replace(A, id="a2"), replace(A, delete=True))
    state.drop(replace(A, delete=True))
    die(state)
    content = (tmp_path / "made/journal/p/dev.jsonl").read_bytes()
    seen = set()
    for length in range(0, len(content) + 1, 7):
        shutil.copytree(tmp_path / "made", tmp_path / "cut")
        (tmp_path / "cut/journal/p/dev.jsonl").write_bytes(content[:length])
        again = stack(tmp_path / "cut").open()
        again.put(Resource("urn:pulumi:dev::p::t::c", "t", custom=False))
        again.close()
        read = stack(tmp_path / "cut").read()
        seen.add((len(read.resources), len(read.condemned), len(read.pending)))
        assert A.urn in read.resources
        shutil.rmtree(tmp_path / "cut")
    assert seen == {(2, 0, 0), (2, 0, 1), (3, 0, 0), (3, 1, 0)}


def test_death_between_checkpoint_and_the_end_of_the_journal_costs_nothing(tmp_path):
    state = stack(tmp_path).open()
    state.put(A, B)
    state._compact()
    die(state)
    again = stack(tmp_path).open()
    assert list(again.resources.values()) == [A, B]
    again.close()
    assert not (tmp_path / "journal/p/dev.jsonl").exists()


def test_death_before_the_checkpoint_is_in_place_costs_nothing(tmp_path, monkeypatch):
    state = stack(tmp_path).open()
    state.put(A, B)
    monkeypatch.setattr("mecctl.engine.state.archive.Archive.save", lambda *_: None)
    state._compact()
    die(state)
    monkeypatch.undo()
    again = stack(tmp_path).open()
    assert list(again.resources.values()) == [A, B]
    again.drop(B)
    again.close()
    assert list(stack(tmp_path).read().resources.values()) == [A]


def test_a_state_changed_by_others_while_a_journal_waits_is_not_overwritten(tmp_path):
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    state = stack(tmp_path).open()
    state.put(B)
    die(state)
    file(tmp_path).write_text(file(tmp_path).read_text().replace('"id":"a"', '"id":"x"'))
    with pytest.raises(MecctlError, match="changed by another program"):
        stack(tmp_path).open()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda _: "[]", "damaged"),
        (lambda text: text.replace('"version":3', '"version":9'), "format 9"),
        (lambda text: text.replace('"magic":"', '"magic":"0'), "altered"),
        (lambda text: text.replace('"type":"passphrase"', '"type":"cloud"'), "cloud"),
    ],
)
def test_a_file_that_is_not_ours_to_read_is_refused(tmp_path, change, said):
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    file(tmp_path).write_text(change(file(tmp_path).read_text()))
    with pytest.raises(MecctlError, match=said):
        stack(tmp_path).open()
    stack_lock = stack(tmp_path)
    with pytest.raises(MecctlError, match=said):
        stack_lock.open()  # and not LockedError: the first let go


def test_two_runs_at_once_are_refused(tmp_path):
    state = stack(tmp_path).open()
    with pytest.raises(LockedError):
        stack(tmp_path).open()
    state.close()
    stack(tmp_path).open().close()


def test_a_preview_leaves_no_trace(tmp_path):
    state = stack(tmp_path).read()
    state.put(A)
    state.intend(B)
    state.close()
    assert list(tmp_path.iterdir()) == []


def test_a_rename_takes_references_along(tmp_path):
    state = stack(tmp_path).open()
    state.put(A, B)
    state.rename(A.urn, "urn:pulumi:dev::p::t::z")
    die(state)
    read = stack(tmp_path).read()
    assert read.resources[B.urn].dependencies == ("urn:pulumi:dev::p::t::z",)
    assert A.urn not in read.resources
