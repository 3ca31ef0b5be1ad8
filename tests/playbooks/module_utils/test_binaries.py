import hashlib

import pytest
from ansible.module_utils.mecctl import blobs, signatures
from ansible.module_utils.mecctl.binaries import plan_binaries
from ansible.module_utils.mecctl.item import NodeError

CONTENT = b"#!/bin/sh\n"
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def declared(tmp_path):
    return [{"sha256": SHA, "path": str(tmp_path / "bin" / "tool")}]


@pytest.fixture
def tool(tmp_path):
    return tmp_path / "bin" / "tool"


def install(declared, context):
    items = list(plan_binaries(declared, context))
    assert blobs.missing(context) == []
    for item in items:
        item.act()
    return items


@pytest.mark.parametrize("place", ["artifacts", "seed"])
def test_a_program_comes_from_the_store_or_the_seed(declared, context, tool, place):
    (context.store / place / SHA).write_bytes(CONTENT)

    (item,) = install(declared, context)

    assert (item.action, item.reason) == ("create", "isn't there")
    assert context.unsettled == {tool.parent}
    assert (tool.read_bytes(), tool.stat().st_mode & 0o777) == (CONTENT, 0o755)
    assert not list(plan_binaries(declared, context))


def test_a_tampered_program_is_replaced(declared, context, tool):
    (context.store / "seed" / SHA).write_bytes(CONTENT)
    install(declared, context)
    tool.write_bytes(b"evil")

    (item,) = install(declared, context)

    assert item.action == "replace"
    assert tool.read_bytes() == CONTENT


def test_a_lost_mode_is_set_again(declared, context, tool):
    (context.store / "seed" / SHA).write_bytes(CONTENT)
    install(declared, context)
    tool.chmod(0o600)

    (item,) = install(declared, context)

    assert item.reason == "its mode is 0600, not 0755"


def test_what_the_node_lacks_is_asked_for_before_anything_changes(declared, context, tool):
    list(plan_binaries(declared, context))

    assert blobs.missing(context) == [SHA]
    assert not tool.exists()


def test_a_broken_copy_is_put_away_and_asked_for(declared, context):
    broken = context.store / "artifacts" / SHA
    broken.write_bytes(b"half of it")
    list(plan_binaries(declared, context))

    assert blobs.missing(context) == [SHA]
    assert not broken.exists()


def test_a_corrupt_seed_is_refused(declared, context, tool):
    (context.store / "seed" / SHA).write_bytes(b"corrupt")
    list(plan_binaries(declared, context))

    with pytest.raises(NodeError, match="isn't what it was when it was stored") as caught:
        blobs.missing(context)

    assert hashlib.sha256(b"corrupt").hexdigest() in caught.value.why
    assert not tool.exists()


def test_an_inbox_gives_only_what_hashes_to_its_name(declared, context, me):
    list(plan_binaries(declared, context))
    (context.store / "inbox").mkdir()
    (context.store / "inbox" / SHA).write_bytes(CONTENT)
    (context.store / "inbox" / "stranger").write_bytes(b"?")

    assert blobs.missing(context) == []
    assert blobs.find(SHA, context) == context.store / "artifacts" / SHA
    assert not (context.store / "inbox").exists()


def test_what_arrives_is_read_once(declared, context, me, monkeypatch):
    read, hashed = [], signatures._hash

    def note(path):
        read.append(path.name)
        return hashed(path)

    monkeypatch.setattr(signatures, "_hash", note)
    list(plan_binaries(declared, context))
    (context.store / "inbox").mkdir()
    (context.store / "inbox" / SHA).write_bytes(CONTENT)

    assert blobs.missing(context) == []
    assert read == [SHA]


def test_what_arrives_broken_is_refused(declared, context):
    list(plan_binaries(declared, context))
    (context.store / "inbox").mkdir()
    (context.store / "inbox" / SHA).write_bytes(b"cut off")

    with pytest.raises(NodeError, match="arrived broken"):
        blobs.missing(context)

    assert not (context.store / "inbox" / SHA).exists()
