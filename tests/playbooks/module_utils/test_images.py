import json
from threading import Event, Thread
from typing import Any

import pytest
from ansible.module_utils.mecctl import images
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

SHA = "a" * 64
NAMES = ["example.org/one:1", "example.org/two:1"]
DECLARED = [{"sha256": SHA, "names": NAMES}]


@pytest.fixture
def ctr(monkeypatch, context):
    """containerd's store as a mapping; an import puts what `archive` holds into it."""
    (context.store / "seed" / SHA).write_bytes(b"")
    state: dict[str, Any] = {"store": {}, "archive": dict.fromkeys(NAMES, "sha256:d1"), "up": True, "imports": 0}

    def run(words, **_):
        if not state["up"]:
            raise NodeError("no containerd")
        if "import" in words:
            state["imports"] += 1
            state["store"].update(state["archive"])
            return Output(0, "", "")
        rows = [f"{name} type {digest} 1 MiB linux/amd64 -" for name, digest in state["store"].items()]
        return Output(0, "\n".join(["REF TYPE DIGEST", *rows]), "")

    monkeypatch.setattr(images, "run", run)
    monkeypatch.setattr(images, "STORE", context.store)
    return state


def converge(context):
    context.imports = None
    items = list(images.plan_images(DECLARED, context))
    for item in items:
        item.act()
    context.imports.wait()
    return [(item.subject, item.reason) for item in items]


def test_an_archive_is_imported_once_for_all_its_images(ctr, context):
    assert converge(context) == [(f"image {name}", "isn't imported") for name in NAMES]
    assert ctr["imports"] == 1
    assert converge(context) == []


def test_an_image_that_went_or_changed_is_imported_again(ctr, context):
    converge(context)
    del ctr["store"][NAMES[0]]
    assert converge(context) == [(f"image {NAMES[0]}", "isn't in the store any more")]

    ctr["store"][NAMES[1]] = "sha256:d2"
    assert converge(context) == [(f"image {NAMES[1]}", "is sha256:d2…, not sha256:d1…")]


def test_a_stopped_containerd_is_taken_at_its_record(ctr, context):
    converge(context)
    ctr["up"] = False

    assert list(images.plan_images(DECLARED, context)) == []


def test_an_archive_without_the_image_is_named(ctr, context):
    del ctr["archive"][NAMES[1]]

    with pytest.raises(NodeError, match=f"doesn't hold the image {NAMES[1]}"):
        converge(context)


def test_the_record_outlives_a_run(ctr, context):
    converge(context)

    assert json.loads((context.store / "images.json").read_text()) == {SHA: dict.fromkeys(NAMES, "sha256:d1")}


@pytest.mark.parametrize(("rate", "waited"), [(0, False), (1e12, True)])
def test_on_a_slow_machine_whoever_waits_for_one_image_waits_for_all(ctr, context, monkeypatch, rate, waited):
    monkeypatch.setattr(images, "SLOW", rate)
    monkeypatch.setattr(images, "TELLING", 0)
    other, free = "b" * 64, Event()
    for sha in (SHA, other):
        (context.store / "seed" / sha).write_bytes(b"archive")
    ctr["archive"]["example.org/three:1"] = "sha256:d3"
    original = images.run

    def run(words, **how):
        if other in words[-1]:
            assert free.wait(10)
        return original(words, **how)

    monkeypatch.setattr(images, "run", run)
    context.imports = None
    items = list(images.plan_images([*DECLARED, {"sha256": other, "names": ["example.org/three:1"]}], context))
    for item in items:
        item.act()
    waiting = Thread(target=context.imports.wait, args=(NAMES[0],))
    waiting.start()
    waiting.join(0.5)
    still = waiting.is_alive()
    free.set()
    waiting.join()
    context.imports.wait()

    assert still is waited
