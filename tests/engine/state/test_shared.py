"""Many machines share a store: one run at a time, and a run that lost its lock can't go on."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.layout import Layout
from mecctl.engine.state.shared import SharedBackend
from mecctl.engine.state.store import Found
from mecctl.errors import LockedError, MecctlError

CRYPTER = Crypter("pass", b"saltsalt")
LAYOUT = Layout("p", "dev")
TIME = "2026-01-01T00:00:00Z"
A = Resource("urn:pulumi:dev::p::t::a", "t", custom=True, id="a")
B = Resource("urn:pulumi:dev::p::t::b", "t", custom=True, id="b")


class Memory:
    """A store in memory; one that is `careless` forgets about conditions, as some object stores do."""

    def __init__(self, *, careless: bool = False) -> None:
        self.content: dict[str, bytes] = {}
        self.careless = careless
        self._lock = threading.Lock()

    def where(self, key: str) -> str:
        return f"memory://{key}"

    def get(self, key: str) -> bytes | None:
        return self.content.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.content[key] = content

    def put_if_absent(self, key: str, content: bytes) -> bool:
        with self._lock:
            if self.careless:
                self.content[key] = content
            return self.content.setdefault(key, content) == content

    def copy(self, source: str, target: str) -> None:
        self.content[target] = self.content[source]

    def list(self, prefix: str) -> list[Found]:
        return [Found(key, 0) for key in sorted(self.content) if key.startswith(prefix)]

    def delete(self, *keys: str) -> None:
        for key in keys:
            self.content.pop(key, None)


def stack(store: Memory) -> StackState:
    return StackState(SharedBackend(store), "p", "dev", lambda _salt: CRYPTER)


def journal(store: Memory) -> list[str]:
    return [found.key for found in store.list("journal/")]


def test_a_run_leaves_what_a_folder_would_have():
    store = Memory()
    state = stack(store).open()
    state.put(A)
    state.intend(B)
    assert journal(store) == ["journal/p/dev/000001.jsonl", "journal/p/dev/000002.jsonl"]
    state.put(B)
    state.close()
    assert list(stack(store).read().resources.values()) == [A, B]
    (history,) = [key for key in store.content if key.endswith(".history.json")]
    stamp = history.split("-")[-1].partition(".")[0]
    assert set(store.content) == {
        ".pulumi/meta.yaml",
        ".pulumi/stacks/p/dev.json",
        f".pulumi/backups/p/dev/dev.{stamp}.json",
        f".pulumi/history/p/dev/dev-{stamp}.checkpoint.json",
        history,
    }


def test_another_machine_takes_over_what_a_dead_one_left():
    store = Memory()
    state = stack(store).open()
    state.put(A)
    state.intend(B)
    with pytest.raises(LockedError, match=f"process {os.getpid()} .* holds this stack") as told:
        stack(store).open()
    assert "since 2" in str(told.value)
    assert "delete this object" in str(told.value)
    store.delete(".pulumi/locks/organization/p/dev/mecctl.json")
    again = stack(store).open()
    assert again.pending == (B,)
    again.put(B)
    with pytest.raises(LockedError, match="taken over"):  # the first wasn't dead after all
        state.put(B)
    again.close()
    with pytest.raises(LockedError, match="taken over"):
        state.close()
    assert list(stack(store).read().resources.values()) == [A, B]


def test_a_run_whose_lock_was_broken_does_not_write_over_the_one_that_took_over():
    store = Memory()
    state = stack(store).open()
    state.put(A)
    store.delete(".pulumi/locks/organization/p/dev/mecctl.json")
    again = stack(store).open()
    again.put(B)
    again.close()
    with pytest.raises(LockedError, match="taken over"):
        state.close()
    assert list(stack(store).read().resources.values()) == [A, B]


def test_the_end_can_be_cut_off_anywhere(monkeypatch):
    for kept in range(1, 4):
        store = Memory()
        state = stack(store).open()
        state.put(A)
        state.put(B)
        monkeypatch.setattr(store, "delete", lambda *_: None)
        state.close()
        monkeypatch.undo()
        store.delete(*journal(store)[:-kept], ".pulumi/locks/organization/p/dev/mecctl.json")
        again = stack(store).open()
        assert list(again.resources.values()) == [A, B]
        again.drop(B)
        again.close()
        assert list(stack(store).read().resources.values()) == [A]
        assert journal(store) == []


def test_a_journal_with_a_hole_is_told():
    for missing, said in ((1, "changed by another program"), (2, "missing")):
        store = Memory()
        state = stack(store).open()
        for one in (A, B, A):
            state.drop(one)
        store.delete(f"journal/p/dev/00000{missing}.jsonl", ".pulumi/locks/organization/p/dev/mecctl.json")
        with pytest.raises(MecctlError, match=said):
            stack(store).open()


def test_one_of_many_gets_the_lock():
    store = Memory()
    start = threading.Barrier(8)

    def take(_: int) -> str:
        start.wait()
        try:
            SharedBackend(store).lock(LAYOUT).take(TIME)
        except LockedError:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == ["refused"] * 7 + ["taken"]


def test_a_note_of_pulumis_cli_is_honoured_whenever_it_comes():
    store = Memory()
    store.put(
        f"{LAYOUT.locks}x.json", json.dumps({"pid": 1, "username": "u", "hostname": "ci", "timestamp": TIME}).encode()
    )
    with pytest.raises(LockedError, match=f"process 1 of u on ci, since {TIME}"):
        SharedBackend(store).lock(LAYOUT).take(TIME)
    note = store.content.pop(f"{LAYOUT.locks}x.json")
    real = store.put_if_absent

    def at_the_same_time(key: str, content: bytes) -> bool:
        store.put(f"{LAYOUT.locks}y.json", note)
        return real(key, content)

    store.put_if_absent = at_the_same_time  # type: ignore[method-assign]
    with pytest.raises(LockedError, match="on ci"):
        SharedBackend(store).lock(LAYOUT).take(TIME)
    assert list(store.content) == [f"{LAYOUT.locks}y.json"]


def test_a_dead_process_of_this_machine_is_in_nobodys_way():
    store = Memory()
    lock = SharedBackend(store).lock(LAYOUT)
    lock.take(TIME)
    (key,) = store.content
    note = json.loads(store.content[key])
    store.content[key] = json.dumps({**note, "pid": 2**22 + 7}).encode()
    second = SharedBackend(store).lock(LAYOUT)
    second.take(TIME)
    lock.release()  # not its own any more
    assert list(store.content) == [key]
    second.release()
    store.content[key] = json.dumps({**note, "pid": 2**22 + 7, "machine": "another of the same name"}).encode()
    with pytest.raises(LockedError):
        SharedBackend(store).lock(LAYOUT).take(TIME)


def test_a_store_that_cannot_keep_runs_apart_is_refused():
    store = Memory(careless=True)
    with pytest.raises(MecctlError, match="If-None-Match"):
        stack(store).open()
    assert store.content == {}
