"""How a run's resources are shown."""

import pytest
from rich.console import Console

from mecctl.cli.tree import Resources, Tree
from mecctl.engine.run.events import Event

BOX = Event("urn:box", "seen", parent="urn:stack", type="a:b:Box", name="box")
WEB = Event("urn:web", "seen", parent="urn:box", type="kubernetes:apps/v1:Deployment", name="web")


def feed(shown: Resources, *events: Event) -> None:
    shown.resource(Event("urn:stack", "seen", type="pulumi:pulumi:Stack", name="shop-dev"))
    for event in (BOX, WEB, *events):
        shown.resource(event)


def drawn(height: int, *events: Event) -> list[str]:
    console = Console(width=80, height=height, force_terminal=False)
    tree = Tree(console)
    feed(tree, *events)
    with console.capture() as captured:
        console.print(tree)
    return [line.rstrip() for line in captured.get().splitlines() if line.strip()]


def test_a_line_tells_each_resource_that_has_ended(capsys):
    feed(Resources(), Event("urn:web", "running", "create"), Event("urn:web", "waiting", "0 of 1 ready"))
    assert capsys.readouterr().err == ""
    shown = Resources()
    feed(shown, Event("urn:web", "running", "create"), Event("urn:web", "done", "create"))
    assert capsys.readouterr().err == "✓ create   Deployment web  0.0 s\n"
    feed(shown, Event("urn:web", "running", "update"), Event("urn:web", "waiting", "why"), Event("urn:web", "failed"))
    assert capsys.readouterr().err == "✗ update   Deployment web  0.0 s\n"


def test_a_preview_never_says_that_something_was_done(capsys):
    shown = Resources(planned=True)
    feed(shown, Event("urn:web", "running", "create"), Event("urn:web", "done", "create"))
    assert capsys.readouterr().err == ""
    assert shown.nodes["urn:web"].note == "to create"


def test_components_hold_what_is_in_them():
    running = (Event("urn:web", "running", "create"), Event("urn:web", "waiting", "0 of 1 ready"))
    assert drawn(30, *running) == ["· Stack shop-dev", "  · Box box", "    … Deployment web  0 of 1 ready  0.0 s"]


@pytest.mark.parametrize("state", ["done", "failed"])
def test_what_was_never_seen_hangs_at_the_top(state):
    gone = Event("urn:x", state, "delete", type="kubernetes:core/v1:Secret", name="x")
    assert drawn(30, gone)[-1].split(" ", 1)[1] == "Secret x  delete"


def test_on_a_small_screen_what_is_worked_on_stays():
    same = [Event(f"urn:{n}", "seen", parent="urn:stack", type="t:x:Thing", name=str(n)) for n in range(20)]
    kept = [Event(f"urn:{n}", "same") for n in range(20)]
    lines = drawn(8, *same, *kept, Event("urn:web", "running", "create"))
    assert lines == ["… Deployment web  create  0.0 s".rjust(len(lines[0])), "and 22 more"]
