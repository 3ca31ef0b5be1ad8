"""What `site up` asks before slices that left the site file take along what runs in them."""

import io
import sys
from typing import Any

import pytest

from mecctl import workflow
from mecctl.cli.app import run
from mecctl.cluster.losses import Loss
from mecctl.plan.result import RunResult

LOST = Loss("slice-3", (("cache", 2),), ())


@pytest.fixture
def ran(monkeypatch) -> list[bool]:
    """Whether each `up` that was started may let go of what runs."""
    ran: list[bool] = []

    class Workflow:
        lost: tuple[Loss, ...] = (LOST,)

        def __init__(self, _folder: Any, _watcher: Any, _force: bool = False, let_go: bool = False) -> None:
            self.let_go = let_go

        def losses(self) -> tuple[Loss, ...]:
            return Workflow.lost

        def up(self) -> RunResult:
            ran.append(self.let_go)
            return RunResult("lab", ())

    monkeypatch.setattr(workflow, "Workflow", Workflow)
    return ran


def answer(monkeypatch: Any, text: str, *, terminal: bool = True) -> None:
    stdin = io.StringIO(text)
    monkeypatch.setattr(stdin, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stdin)


def test_nobody_is_asked_where_nothing_is_lost(ran, monkeypatch):
    monkeypatch.setattr(workflow.Workflow, "lost", ())

    assert run(["site", "up", "lab"]) == 0
    assert ran == [False]


def test_without_a_terminal_it_is_refused_before_anything_changes(ran, monkeypatch, capsys):
    answer(monkeypatch, "lab\n", terminal=False)

    assert run(["site", "up", "lab"]) == 3
    assert ran == []
    assert "--yes: this deletes namespace slice-3 with workload cache (2 pods), and there is" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "code", "expected"), [("lab", 0, [True]), ("no", 1, [])])
def test_on_a_terminal_the_sites_name_goes_on(ran, monkeypatch, typed, code, expected):
    answer(monkeypatch, f"{typed}\n")

    assert run(["site", "up", "lab"]) == code
    assert ran == expected


def test_yes_is_an_answer(ran):
    assert run(["site", "up", "lab", "--yes"]) == 0
    assert ran == [True]
