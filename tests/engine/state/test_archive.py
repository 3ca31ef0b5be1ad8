"""Checkpoints, backups and history are laid out and bounded as Pulumi's file backend has them."""

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.archive import KEPT
from mecctl.engine.state.backend import FolderBackend
from mecctl.engine.state.folder import FolderStore
from mecctl.errors import MecctlError

CRYPTER = Crypter("pass", b"saltsalt")
A = Resource("urn:pulumi:dev::p::t::a", "t", custom=True, id="a")


def stack(root: Path) -> StackState:
    return StackState(FolderBackend(root), "p", "dev", lambda _salt: CRYPTER)


def put(root: Path, *resources: Resource, ok: bool = True, **changes: int) -> None:
    state = stack(root).open()
    state.put(*resources)
    state.close(ok=ok, changes=changes)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_leaves_a_record_a_copy_and_a_backup(tmp_path):
    put(tmp_path, A, ok=False, create=1)
    file = tmp_path / ".pulumi/stacks/p/dev.json"
    (backup,) = (tmp_path / ".pulumi/backups/p/dev").iterdir()
    copied, told = sorted((tmp_path / ".pulumi/history/p/dev").iterdir())
    stamp = backup.name.split(".")[1]
    assert names(tmp_path / ".pulumi/history/p/dev") == [f"dev-{stamp}.checkpoint.json", f"dev-{stamp}.history.json"]
    assert copied.read_bytes() == backup.read_bytes() == file.read_bytes()
    assert file.stat().st_nlink == 3  # neither takes any space
    record = json.loads(told.read_text())
    assert abs(record.pop("startTime") - time.time()) < 60
    assert abs(record.pop("endTime") - time.time()) < 60
    assert record == {
        "kind": "update",
        "message": "",
        "environment": {"exec.kind": "cli", "exec.agent": "mecctl"},
        "config": {},
        "version": 0,
        "result": "failed",
        "resourceChanges": {"create": 1},
    }


def test_the_one_before_stays_as_it_was(tmp_path):
    put(tmp_path, A)
    file = tmp_path / ".pulumi/stacks/p/dev.json"
    before = file.read_bytes()
    put(tmp_path, Resource("urn:pulumi:dev::p::t::b", "t", custom=False))
    assert file.with_name("dev.json.bak").read_bytes() == before != file.read_bytes()
    assert names(file.parent) == ["dev.json", "dev.json.bak"]


def test_the_history_is_bounded_and_in_order_even_when_the_clock_goes_back(tmp_path, monkeypatch):
    for number in range(KEPT + 3):
        monkeypatch.setattr(time, "time_ns", lambda now=1_700_000_000_000_000_000 - number: now)
        put(tmp_path, Resource(f"urn:pulumi:dev::p::t::r{number}", "t", custom=False))
    copies = sorted((tmp_path / ".pulumi/history/p/dev").glob("*.checkpoint.json"))
    sizes = [len(json.loads(one.read_text())["checkpoint"]["latest"]["resources"]) for one in copies]
    assert sizes == list(range(4, KEPT + 4))
    assert len(list((tmp_path / ".pulumi/history/p/dev").glob("*.history.json"))) == KEPT
    assert len(names(tmp_path / ".pulumi/backups/p/dev")) == KEPT


def test_a_compressed_checkpoint_is_read_and_becomes_a_plain_one(tmp_path):
    put(tmp_path, A)
    file = tmp_path / ".pulumi/stacks/p/dev.json"
    packed = file.with_name("dev.json.gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    os.utime(file, (1, 1))
    file.write_bytes(b"an old one that must not be read")
    os.utime(file, (1, 1))
    assert list(stack(tmp_path).read().resources.values()) == [A]
    put(tmp_path, Resource("urn:pulumi:dev::p::t::b", "t", custom=False))
    assert names(file.parent) == ["dev.json", "dev.json.gz.bak"]
    assert len(stack(tmp_path).read().resources) == 2


def test_a_folder_lists_by_prefix(tmp_path):
    store = FolderStore(tmp_path)
    for key in ("a/b/c", "a/bc", "b"):
        store.put(key, b"")
    for prefix, keys in (("", ["a/b/c", "a/bc", "b"]), ("a/b", ["a/b/c", "a/bc"]), ("a/b/", ["a/b/c"]), ("x/", [])):
        assert [found.key for found in store.list(prefix)] == keys


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (".pulumi/meta.yaml", b"version: 2", "layout 2"),
        (".pulumi/meta.yaml", b"version: 0", "layout 0"),
        (".pulumi/meta.yaml", b"nonsense", "damaged"),
        (".pulumi/stacks/dev.json", b"{}", "without projects"),
        (".pulumi/stacks/p/dev.json.zst", b"x", "zstd"),
        (".pulumi/stacks/p/dev.json.gz", b"\x1f\x8bx", "damaged"),
        (".pulumi/stacks/p/dev.json", b'{"version":4,"features":["taint"],"checkpoint":{}}', "format 4 with taint"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_alone(tmp_path, name, content, said):
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MecctlError, match=said):
        stack(tmp_path).open()
    assert (tmp_path / name).read_bytes() == content


def test_a_stack_that_pulumi_has_just_made_is_empty(tmp_path):
    """`pulumi stack init` writes a checkpoint that has no deployment yet."""
    file = tmp_path / ".pulumi/stacks/p/dev.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"version":3,"checkpoint":{"stack":"organization/p/dev"}}')
    put(tmp_path, A)
    assert list(stack(tmp_path).read().resources.values()) == [A]


def test_a_state_that_does_not_fit_together_is_never_written(tmp_path, monkeypatch):
    put(tmp_path, A)
    before = (tmp_path / ".pulumi/stacks/p/dev.json").read_bytes()
    state = stack(tmp_path).open()
    state.put(Resource("urn:pulumi:dev::p::t::b", "t", custom=False, id="a component with an id"))
    with pytest.raises(MecctlError, match="isn't sound"):
        state.close()
    assert (tmp_path / ".pulumi/stacks/p/dev.json").read_bytes() == before
    assert (tmp_path / "journal/p/dev.jsonl").exists()
