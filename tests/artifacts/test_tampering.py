"""One flipped byte anywhere between the publisher and a node is refused before any node changes."""

from __future__ import annotations

import hashlib
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from mecctl.artifacts import jobs
from mecctl.artifacts.cache import Cache, _signature, _write_json, sha256_of
from mecctl.artifacts.lock import Lock, load_lock
from mecctl.artifacts.recipe import recipe_key
from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError
from mecctl.nodes import steps
from mecctl.nodes.preflight import Preflight
from mecctl.nodes.steps import Nodes
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load
from tests.artifacts.making import artifact, sum_of
from tests.nodes.conftest import GOOD
from tests.playbooks.conftest import context

from ansible.module_utils.mecctl import blobs  # isort: skip
from ansible.module_utils.mecctl.binaries import plan_binaries  # isort: skip
from ansible.module_utils.mecctl.item import NodeError  # isort: skip

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact
    from tests.artifacts.server import Site

__all__ = ["context"]
LOCKED = load_lock(lab=True).artifacts
ROOT = Path(__file__).parents[2]
SIZE = 4096


def flip(path: Path, place: int) -> str:
    """Flip a bit in the middle of a byte, set all times back that a program can set, and return the new sha256."""
    before = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 0x10]))
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    return sha256_of(path)


def stand_in(cache: Cache, one: Artifact, work: Path) -> Artifact:
    """Put a small file into the cache in an artifact's place, as its builder would, and pin it where the lock pins."""
    work.mkdir(exist_ok=True)
    made = work / one.key
    made.write_bytes(hashlib.sha256(one.key.encode()).digest() * (SIZE // 32))
    pinned = one.model_copy(update={"sha256": sha256_of(made) if one.sha256 or one.source.kind == "url" else None})
    assert jobs._keep(cache, pinned, made) is None
    return pinned


def places(count: int) -> list[int]:
    return [0, SIZE - 1, SIZE // 2, *range(7, SIZE, SIZE // count)][:count]


@pytest.mark.parametrize(("number", "one"), list(enumerate(LOCKED)), ids=lambda it: getattr(it, "key", str(it)))
def test_every_artifact_of_the_locks_is_refused_once_a_byte_in_the_cache_is_flipped(tmp_path, monkeypatch, number, one):
    monkeypatch.setattr("mecctl.artifacts.builders.debian.package_versions", lambda _: {})
    store, cache = Store(tmp_path), Cache(tmp_path)
    pinned = stand_in(cache, one, tmp_path / "made")
    blob = store.ensure([pinned], Silent())[one.key]
    flipped = flip(blob.path, places(len(LOCKED))[number])
    with pytest.raises(MecctlError) as refused:
        store.ensure([pinned], Silent())
    for said in (one.key, blob.sha256, flipped):
        assert said in str(refused.value)
    assert not blob.path.exists()


def test_the_locks_have_enough_to_flip():
    assert len(LOCKED) >= 60
    assert {one.source.kind for one in LOCKED} == {"url", "go", "debian", "disk", "box", "image"}


def real() -> list[Path]:
    """What of this machine's own cache is small enough to be copied."""
    blobs = Store().blobs
    return sorted(path for path in blobs.iterdir() if path.stat().st_size < 8 * 2**20)[:10] if blobs.is_dir() else []


@pytest.mark.parametrize("path", real(), ids=lambda path: path.name[:8])
def test_real_artifacts_are_refused_wherever_a_byte_is_flipped(tmp_path, path):
    content = path.read_bytes()
    pinned = artifact("real", {"kind": "file", "path": str(path)}, sha256=path.name)
    store = Store(tmp_path)
    for place in (0, len(content) // 2, len(content) - 1):
        blob = store.ensure([pinned], Silent())["real-amd64"]
        flipped = flip(blob.path, place)
        with pytest.raises(MecctlError) as refused:
            store.ensure([pinned], Silent())
        for said in ("real-amd64", path.name, flipped):
            assert said in str(refused.value)


@pytest.mark.parametrize("place", [0, 1, 100, 4095, 65535, 99_998, 99_999])
def test_a_mirror_that_flips_a_byte_is_refused(site: Site, tmp_path, place):
    content = b"k" * 100_000
    sent = content[:place] + b"!" + content[place + 1 :]
    site.files["/k3s"] = sent
    k3s = artifact("k3s", {"kind": "url", "url": f"{site.url}/k3s"}, sha256=sum_of(content))
    store = Store(tmp_path)
    with pytest.raises(MecctlError) as refused:
        store.ensure([k3s], Silent())
    for said in ("k3s-amd64", sum_of(content), sum_of(sent)):
        assert said in str(refused.value)
    assert list(store.blobs.iterdir()) == []


def test_an_archive_in_the_cache_is_refused_before_a_member_is_taken_from_it(site: Site, tmp_path):
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second")
    with tarfile.open(tmp_path / "both.tar", "w") as tar:
        tar.add(tmp_path / "a", "a")
        tar.add(tmp_path / "b", "b")
    site.files["/both.tar"] = (tmp_path / "both.tar").read_bytes()
    sha256 = sha256_of(tmp_path / "both.tar")
    first, second = (
        artifact(name, {"kind": "url", "url": f"{site.url}/both.tar", "member": name}, sha256=sha256) for name in "ab"
    )
    store = Store(tmp_path / "cache")
    store.ensure([first], Silent())
    flipped = flip(store.blobs / sha256, 600)
    with pytest.raises(MecctlError) as refused:
        store.ensure([second], Silent())
    for said in ("the archive of b-amd64", sha256, flipped):
        assert said in str(refused.value)


def test_a_build_that_gives_something_else_is_refused(tmp_path):
    made = tmp_path / "made"
    made.write_bytes(b"other")
    pinned = artifact("kubelet", {"kind": "go", "module": "kubernetes", "package": "k8s.io/x"}, sha256="0" * 64)
    error = jobs._keep(Cache(tmp_path / "cache"), pinned, made)
    assert "kubelet-amd64 isn't what the lock pins" in str(error)
    assert "0" * 64 in str(error)
    assert sum_of(b"other") in str(error)


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Any:
    """The lab's nodes, stand-ins in the cache for all that they need, and the playbooks that were run."""
    monkeypatch.setattr("mecctl.artifacts.builders.debian.package_versions", lambda _: {})
    folder = SiteFolder(tmp_path, load(ROOT / "inventories" / "lab").site)
    names = [node.name for node in folder.site.nodes]
    store, cache = Store(tmp_path / "cache"), Cache(tmp_path / "cache")
    pinned = Lock([stand_in(cache, one, tmp_path / "made") for one in LOCKED])
    monkeypatch.setattr("mecctl.artifacts.select.load_lock", lambda *_, **__: pinned)
    for one in pinned.artifacts:  # images are known by the recipes of what they are made of
        if one.needs:
            (tmp_path / "made" / one.key).write_bytes(one.key.encode())
            cache.record(
                recipe_key(one), {"sha256": cache.add(tmp_path / "made" / one.key, sum_of(one.key.encode())).name}
            )
    ran: list[str] = []
    monkeypatch.setattr(steps, "play", lambda playbook, *_, **__: ran.append(playbook))

    def nodes() -> Nodes:
        made = Nodes(folder, store, Silent())
        facts = {name: replace(GOOD, node=name, hostname=name, machine_id=name) for name in names}
        made.__dict__["_seen"] = Preflight(facts, ())
        return made

    return SimpleNamespace(nodes=nodes, ran=ran, store=store)


def test_no_playbook_runs_on_any_node_while_one_artifact_of_one_node_is_not_what_it_was(lab):
    blobs = {blob.artifact.key: blob for blob in sum(lab.nodes()._blobs.values(), ())}
    assert len(blobs) >= 8
    for key, blob in blobs.items():
        content = blob.path.read_bytes()
        flipped = flip(blob.path, len(content) // 2)
        for act in (Nodes.plan, Nodes.apply):
            with pytest.raises(MecctlError) as refused:
                act(lab.nodes())
            if act is Nodes.plan:
                for said in (key, blob.sha256, flipped):
                    assert said in str(refused.value)
                Cache(lab.store.root).add(copy(blob.path, content), blob.sha256)
                flipped = flip(blob.path, 0)
        Cache(lab.store.root).add(copy(blob.path, content), blob.sha256)
    assert lab.ran == []


def copy(path: Path, content: bytes) -> Path:
    made = path.with_name(".again")
    made.write_bytes(content)
    return made


def test_a_forged_record_of_the_check_does_not_get_past_the_node(tmp_path, context):
    """Who may write the cache may also write its records; the node hashes what it is sent against its name."""
    store, source = Store(tmp_path / "cache"), tmp_path / "source"
    source.write_bytes(b"kubelet")
    pinned = artifact("kubelet", {"kind": "file", "path": str(source)}, sha256=sum_of(b"kubelet"))
    blob = store.ensure([pinned], Silent())["kubelet-amd64"]
    flipped = flip(blob.path, 0)
    _write_json(tmp_path / "cache" / "verified" / f"{blob.sha256}.json", _signature(blob.path))
    sent = store.ensure([pinned], Silent())["kubelet-amd64"].path
    list(plan_binaries([{"sha256": blob.sha256, "path": str(tmp_path / "bin" / "kubelet")}], context))
    (context.store / "inbox").mkdir()
    (context.store / "inbox" / blob.sha256).write_bytes(sent.read_bytes())
    with pytest.raises(NodeError, match="bin/kubelet arrived broken") as refused:
        blobs.missing(context)
    assert f"{flipped} instead of {blob.sha256}" in str(refused.value.why)
    assert not (tmp_path / "bin").exists()
