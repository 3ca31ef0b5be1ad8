from __future__ import annotations

import hashlib
import os
import threading
from typing import TYPE_CHECKING

import pytest

from mecctl.artifacts.cache import Cache, sha256_of
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from pathlib import Path

SUM = hashlib.sha256(b"kubelet").hexdigest()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def stored(cache: Cache, tmp_path: Path, executable: bool = False) -> Path:
    made = tmp_path / "made"
    made.write_bytes(b"kubelet")
    return cache.add(made, SUM, executable=executable)


def test_a_blob_is_named_by_its_content(cache, tmp_path):
    path = stored(cache, tmp_path)
    assert path == cache.blobs / SUM
    assert sha256_of(path) == SUM
    assert cache.find(SUM, "it") == path
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("executable", "mode"), [(False, 0o444), (True, 0o555)])
def test_a_blob_is_read_only(cache, tmp_path, executable, mode):
    assert stored(cache, tmp_path, executable).stat().st_mode & 0o777 == mode


def test_what_was_never_stored_is_not_found(cache):
    assert cache.find(SUM, "it") is None


def test_a_changed_blob_is_refused_deleted_and_named(cache, tmp_path):
    path = stored(cache, tmp_path)
    before = path.stat()
    path.chmod(0o644)
    path.write_bytes(b"KUBELET")  # as long as before
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(MecctlError, match="kubelet-amd64 in the cache isn't what was stored") as refused:
        cache.find(SUM, "kubelet-amd64")
    assert hashlib.sha256(b"KUBELET").hexdigest() in str(refused.value)
    assert SUM in str(refused.value)
    assert str(path) in str(refused.value)
    assert cache.find(SUM, "kubelet-amd64") is None


def test_a_truncated_blob_is_refused(cache, tmp_path):
    os.truncate(stored(cache, tmp_path), 3)
    with pytest.raises(MecctlError, match="isn't what was stored"):
        cache.find(SUM, "it")


def test_an_unchanged_blob_is_hashed_once(cache, tmp_path, monkeypatch):
    stored(cache, tmp_path)
    monkeypatch.setattr("mecctl.artifacts.cache.sha256_of", lambda path: pytest.fail(f"hashed {path}"))
    assert cache.find(SUM, "it")


def test_a_touched_blob_is_hashed_again_and_kept(cache, tmp_path):
    path = stored(cache, tmp_path)
    os.utime(path)
    assert cache.find(SUM, "it") == path


def test_a_lost_or_broken_record_means_hashing_again(cache, tmp_path):
    path = stored(cache, tmp_path)
    record = cache.root / "verified" / f"{SUM}.json"
    for broken in ("", "[]", "{"):
        record.write_text(broken)
        assert cache.find(SUM, "it") == path
    record.unlink()
    assert cache.find(SUM, "it") == path


def test_remembers_what_a_recipe_gave(cache):
    assert cache.recall("key") is None
    cache.record("key", {"sha256": SUM, "packages": {"curl": "7.88"}})
    assert cache.recall("key") == {"sha256": SUM, "packages": {"curl": "7.88"}}
    (cache.root / "index" / "key.json").write_text("{}")
    assert cache.recall("key") is None


def test_one_at_a_time_makes_a_thing(cache):
    inside, order = threading.Event(), []

    def second():
        inside.wait()
        with cache.holding("go-kubernetes"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with cache.holding("go-kubernetes"):
        inside.set()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_workspace_starts_empty_and_goes(cache):
    (cache.root / "work" / "job").mkdir()
    (cache.root / "work" / "job" / "left by a killed run").touch()
    with cache.workspace("job") as work:
        assert list(work.iterdir()) == []
        (work / "file").touch()
    assert not work.exists()


def test_a_cache_that_cannot_be_made_says_where(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MecctlError, match="the artifact cache can't be made") as caught:
        Cache(tmp_path / "file" / "cache")
    assert str(tmp_path) in str(caught.value)
