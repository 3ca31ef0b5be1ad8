from __future__ import annotations

import io
import multiprocessing
import os
import signal
import tarfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from mecctl.artifacts.lock import Lock, load_lock
from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError, UnreachableError
from mecctl.plan.progress import Silent
from tests.artifacts.making import artifact, sum_of

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact
    from tests.artifacts.server import Site

K3S = b"k3s " * 100_000


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


def url(site: Site, name: str = "k3s", body: bytes = K3S, **more: Any) -> Artifact:
    site.files[f"/{name}"] = body
    return artifact(name, {"kind": "url", "url": f"{site.url}/{name}"}, sha256=sum_of(body), **more)


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(name)
            tar.addfile(info, io.BytesIO(name.encode()))
    return made.getvalue()


def test_downloads_once_and_verifies_ever_after(site, store, heard):
    k3s = url(site, install="/usr/local/bin/k3s")
    for _ in range(2):
        blob = store.ensure([k3s], heard)["k3s-amd64"]
        assert blob.path == store.blobs / k3s.sha256
        assert blob.path.read_bytes() == K3S
        assert (blob.sha256, blob.size, blob.artifact) == (k3s.sha256, len(K3S), k3s)
    assert len(site.requests) == 1


def test_another_store_of_the_same_folder_has_it_too(site, store, heard):
    k3s = url(site)
    store.ensure([k3s], heard)
    Store(store.root).ensure([k3s], heard)
    assert len(site.requests) == 1


def test_several_downloads_run_beside_each_other(site, store):
    here = threading.Barrier(3, timeout=5)

    class Together(Silent):
        def begin(self, *_: object) -> None:
            here.wait()

    blobs = store.ensure([url(site, name, name.encode()) for name in ("a", "b", "c")], Together())
    assert sorted(blobs) == ["a-amd64", "b-amd64", "c-amd64"]


def test_a_corrupted_entry_is_told_and_then_fetched_again(site, store, heard):
    k3s = url(site)
    path = store.ensure([k3s], heard)["k3s-amd64"].path
    path.chmod(0o644)
    path.write_bytes(K3S[:-1] + b"!")
    with pytest.raises(MecctlError, match="k3s-amd64 in the cache isn't what was stored"):
        store.ensure([k3s], heard)
    assert store.ensure([k3s], heard)["k3s-amd64"].path.read_bytes() == K3S


def test_every_corrupted_entry_is_named(site, store, heard):
    both = [url(site, "a", b"a"), url(site, "b", b"b")]
    for blob in store.ensure(both, heard).values():
        blob.path.chmod(0o644)
        blob.path.write_bytes(b"!")
    with pytest.raises(MecctlError, match=r"(?s)2 artifacts.*a-amd64 in the cache.*b-amd64 in the cache"):
        store.ensure(both, heard)


def test_a_corrupted_entry_whose_source_differs_too_is_refused(site, store, heard):
    k3s = url(site)
    path = store.ensure([k3s], heard)["k3s-amd64"].path
    path.chmod(0o644)
    path.write_bytes(b"!")
    site.files["/k3s"] = b"replaced"
    with pytest.raises(MecctlError, match="in the cache"):
        store.ensure([k3s], heard)
    with pytest.raises(MecctlError, match="k3s-amd64 isn't what the lock pins") as caught:
        store.ensure([k3s], heard)
    assert caught.value.exit_code == 1
    assert not path.exists()


def test_refuses_what_nobody_pinned(site, store, heard):
    k3s = url(site).model_copy(update={"sha256": None})
    with pytest.raises(MecctlError, match="no sha256 is pinned yet for k3s-amd64") as caught:
        store.ensure([k3s], heard)
    assert "mecctl artifacts pin" in str(caught.value)
    assert f"{site.url}/k3s" in str(caught.value)
    assert site.requests == []


def test_refuses_an_image_of_what_nobody_pinned(site, store, heard):
    layers = [{"items": [{"to": "/k3s", "artifact": "k3s"}]}]
    image = artifact("image", {"kind": "image", "images": [{"ref": "k3s:1", "layers": layers}]})
    lock = Lock([url(site).model_copy(update={"sha256": None}), image])
    with pytest.raises(MecctlError, match="no sha256 is pinned yet for k3s-amd64"):
        store.ensure([lock.find("image", "amd64")], heard)


def test_one_failure_keeps_the_others(site, store, heard):
    good, bad = url(site, "good", b"good"), url(site, "bad", b"bad")
    del site.files["/bad"]
    with pytest.raises(MecctlError, match="bad-amd64 can't be downloaded"):
        store.ensure([good, bad], heard)
    assert (store.blobs / good.sha256).exists()


def test_several_failures_are_all_named(site, store, heard):
    site.status = 503
    with pytest.raises(UnreachableError) as caught:
        store.ensure([url(site, "a", b"a"), url(site, "b", b"b")], heard)
    assert "2 artifacts can't be had" in str(caught.value)
    assert "a-amd64 can't" in str(caught.value)
    assert "b-amd64 can't" in str(caught.value)


def test_takes_single_files_out_of_one_downloaded_archive(site, store, heard):
    body = archive("bin/containerd", "bin/ctr")
    site.files["/c.tar.gz"] = body
    programs = [
        artifact(name, {"kind": "url", "url": f"{site.url}/c.tar.gz", "member": f"bin/{name}"}, sha256=sum_of(body))
        for name in ("containerd", "ctr")
    ]
    for _ in range(2):
        blobs = store.ensure(programs, heard)
        assert blobs["ctr-amd64"].path.read_bytes() == b"bin/ctr"
        assert blobs["containerd-amd64"].sha256 == sum_of(b"bin/containerd")
    assert len(site.requests) == 1


def test_an_archive_without_the_file_is_named(site, store, heard):
    body = archive("bin/containerd")
    site.files["/c.tar.gz"] = body
    source = {"kind": "url", "url": f"{site.url}/c.tar.gz", "member": "bin/ctr"}
    with pytest.raises(MecctlError, match="the download of ctr-amd64 has no bin/ctr"):
        store.ensure([artifact("ctr", source, sha256=sum_of(body))], heard)


def test_copies_a_file_of_this_machine(store, tmp_path, heard):
    (tmp_path / "mine").write_bytes(b"mine")
    mine = artifact("mine", {"kind": "file", "path": str(tmp_path / "mine")}, sha256=sum_of(b"mine"))
    assert store.ensure([mine], heard)["mine-amd64"].path.read_bytes() == b"mine"
    (tmp_path / "mine").write_bytes(b"changed later")
    assert store.ensure([mine], heard)["mine-amd64"].path.read_bytes() == b"mine"


@pytest.mark.parametrize(("body", "said"), [(b"other", "isn't what the lock pins"), (None, "a file that isn't there")])
def test_refuses_another_file_or_none(store, tmp_path, heard, body, said):
    if body:
        (tmp_path / "mine").write_bytes(body)
    mine = artifact("mine", {"kind": "file", "path": str(tmp_path / "mine")}, sha256=sum_of(b"mine"))
    with pytest.raises(MecctlError, match=said):
        store.ensure([mine], heard)


def test_a_full_disk_is_named(store, tmp_path, heard, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device", str(target))

    (tmp_path / "mine").write_bytes(b"mine")
    monkeypatch.setattr("mecctl.artifacts.jobs.shutil.copy", full)
    mine = artifact("mine", {"kind": "file", "path": str(tmp_path / "mine")}, sha256=sum_of(b"mine"))
    with pytest.raises(MecctlError, match="No space left on device") as caught:
        store.ensure([mine], heard)
    assert "free space" in str(caught.value)


def test_builds_a_program_as_pinned(store, heard):
    """The one real build among these tests: what the lock pins is what this machine's Go gives."""
    lock = load_lock(lab=True)
    blobs = store.ensure([lock.find("pause", "amd64")], heard)
    assert blobs["pause-amd64"].sha256 == lock.find("pause", "amd64").sha256
    assert heard.begun == heard.ended == ["build pause amd64"]


def test_a_build_that_gives_something_else_is_refused(store, heard):
    pause = load_lock(lab=True).find("pause", "amd64").model_copy(update={"sha256": "0" * 64})
    with pytest.raises(MecctlError, match="pause-amd64 isn't what the lock pins") as caught:
        store.ensure([pause], heard)
    assert "put the new sha256 into the lock" in str(caught.value)


def test_makes_what_an_image_needs_only_when_the_image_is_missing(store, heard, tmp_path):
    (tmp_path / "tool").write_bytes(b"tool")
    tool = artifact("tool", {"kind": "file", "path": str(tmp_path / "tool")}, sha256=sum_of(b"tool"))
    layers = [{"items": [{"to": "/tool", "artifact": "tool"}]}]
    image = artifact("image", {"kind": "image", "images": [{"ref": "tool:1", "layers": layers}]})
    image = Lock([tool, image]).find("image", "amd64")
    first = store.ensure([image], heard)["image-amd64"]
    (store.blobs / tool.sha256).unlink()
    (tmp_path / "tool").unlink()
    assert store.ensure([image], heard)["image-amd64"] == first


def fetch_in_child(root: Path, wanted: Artifact, results: Queue[str]) -> None:
    results.put(Store(root).ensure([wanted], Silent())["k3s-amd64"].sha256)


def test_two_runs_at_once_share_the_work(site, store):
    k3s = url(site)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    runs = [context.Process(target=fetch_in_child, args=(store.root, k3s, results)) for _ in range(2)]
    for run in runs:
        run.start()
    assert [results.get(timeout=30) for _ in runs] == [k3s.sha256, k3s.sha256]
    for run in runs:
        run.join()
    assert len(site.requests) == 1


def test_an_interrupt_starts_nothing_more(site, store):
    begun = []

    class Interrupting(Silent):
        def begin(self, task: str, *_: object) -> None:
            begun.append(task)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)  # the main thread hears the signal while this one works

    files = [url(site, f"file-{number}", b"x" * number) for number in range(1, 20)]
    with pytest.raises(KeyboardInterrupt):
        store.ensure(files, Interrupting())
    assert len(begun) <= 4
