"""What disks, people and clocks do to a state: nothing is lost, and what is wrong is told."""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.backend import FolderBackend
from mecctl.engine.state.lock import StackLock
from mecctl.errors import LockedError, MecctlError

CRYPTER = Crypter("pass", b"saltsalt")
CRYPTER.state()  # derived here, for what is forked
A = Resource("urn:pulumi:dev::p::t::a", "t", custom=True, id="a", inputs={"k": "v" * 500})
B = Resource("urn:pulumi:dev::p::t::b", "t", custom=True, id="b")


def stack(root: Path) -> StackState:
    return StackState(FolderBackend(root), "p", "dev", lambda _salt: CRYPTER)


def die(state: StackState) -> None:
    """Do what the end of the process does: close its files, and nothing else."""
    state._journal.close()
    assert isinstance(state._held, StackLock)
    os.close(state._held._descriptor or -1)


def in_a_child(act: Callable[[], None], before: Callable[[], None]) -> str:
    """Return the error of `act` in a process that has done `before`, empty when there was none."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            before()
            act()
        except MecctlError as error:
            os.write(writing, str(error).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may look into."""
    folder = Path(tempfile.mkdtemp(prefix="mecctl-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_told_and_can_still_be_previewed(open_folder):
    state = stack(open_folder / "state").open()
    state.put(A)
    state.close()
    for path in (open_folder / "state").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (open_folder / "state").chmod(0o555)
    said = in_a_child(lambda: stack(open_folder / "state").open().close(), _be_nobody)
    assert "the state can't be locked" in said
    assert "Permission denied" in said
    said = in_a_child(lambda: stack(open_folder / "new").open().close(), _be_nobody)
    assert "the state can't be locked" in said
    assert in_a_child(lambda: _reads(open_folder / "state", A), _be_nobody) == ""


def test_a_state_taken_to_another_machine_in_the_middle_of_a_run_goes_on_there(tmp_path, monkeypatch):
    state = stack(tmp_path / "here").open()
    state.put(A)
    state.intend(B)
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    die(state)
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    again = stack(tmp_path / "there").open()
    assert list(again.resources.values()) == [A]
    assert again.pending == (B,)
    again.put(B)
    again.close()
    assert list(stack(tmp_path / "there").read().resources.values()) == [A, B]


def test_a_copy_of_which_the_parts_are_of_different_times_is_refused(tmp_path):
    """The journal of a run, beside the checkpoint that a later run left."""
    state = stack(tmp_path).open()
    state.put(A)
    die(state)
    older = (tmp_path / "journal/p/dev.jsonl").read_bytes()
    stack(tmp_path).open().close()
    (tmp_path / "journal/p/dev.jsonl").write_bytes(older)
    for act in (stack(tmp_path).open, stack(tmp_path).read):
        with pytest.raises(MecctlError, match="changed by another program"):
            act()


def test_a_clock_that_goes_back_changes_nothing(tmp_path, monkeypatch):
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    monkeypatch.setattr("mecctl.engine.state.stack.now", lambda: datetime(1999, 1, 1, tzinfo=UTC).isoformat())
    monkeypatch.setattr("time.time", lambda: 915_148_800.0)
    monkeypatch.setattr("time.time_ns", lambda: 915_148_800_000_000_000)
    state = stack(tmp_path).open()
    state.put(B)
    die(state)
    again = stack(tmp_path).open()
    again.close()
    assert list(stack(tmp_path).read().resources.values()) == [A, B]
    kept = sorted((tmp_path / ".pulumi/history/p/dev").glob("*.history.json"))
    assert json.loads(kept[-1].read_text())["startTime"] == 915_148_800


def test_a_copy_where_there_are_no_hard_links(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    state = stack(tmp_path).open()
    state.put(A)
    state.close()
    state = stack(tmp_path).open()
    state.put(B)
    state.close()
    assert len(list((tmp_path / ".pulumi/backups/p/dev").iterdir())) == 2
    assert (tmp_path / ".pulumi/stacks/p/dev.json.bak").exists()


@pytest.mark.parametrize(
    "name", [".pulumi/stacks/p/dev.json", ".pulumi/meta.yaml", ".pulumi/history", ".pulumi/backups"]
)
def test_a_disk_that_is_full_when_the_run_ends_loses_nothing(tmp_path, monkeypatch, name):
    state = stack(tmp_path).open()
    state.put(A)
    real = os.open

    def full(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if str(path).startswith(str(tmp_path / name)) and flags & os.O_CREAT:
            raise OSError(28, "No space left on device")
        return real(path, flags, mode)

    def links(source: object, target: object) -> None:
        full(Path(str(target)), os.O_CREAT)

    monkeypatch.setattr(os, "open", full)
    monkeypatch.setattr(os, "link", links)
    monkeypatch.setattr(shutil, "copy2", links)
    with pytest.raises(MecctlError, match="No space left"):
        state.close()
    monkeypatch.undo()
    again = stack(tmp_path).open()
    assert list(again.resources.values()) == [A]
    again.put(B)
    again.close()
    assert list(stack(tmp_path).read().resources.values()) == [A, B]
    assert not list(tmp_path.rglob("*.tmp"))


def test_the_holder_of_a_stack_is_named(tmp_path):
    state = stack(tmp_path).open()
    with pytest.raises(LockedError, match=f"held by process {os.getpid()} of .* since 2"):
        stack(tmp_path).open()
    state.close()


def _be_nobody() -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


def _reads(root: Path, *resources: Resource) -> None:
    found = list(stack(root).read().resources.values())
    if found != list(resources):
        raise MecctlError(f"read {found}")


def _no_links(*_: object) -> None:
    raise OSError(95, "Operation not supported")
