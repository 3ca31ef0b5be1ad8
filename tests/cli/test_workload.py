"""`mecctl app list|status|logs|exec`: what they ask for, what they print, what they refuse."""

import json
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.cli.app import run
from mecctl.cluster.apps import App, Claim, Pod

POD = {"metadata": {"name": "cache-1", "namespace": "slice-1-0000a1"}}
OTHER = {"metadata": {"name": "cache-2", "namespace": "slice-1-0000a1"}}
READY = App(
    *("cache", "embb", "slice-1-0000a1", "StatefulSet"),
    ready=True,
    replicas=1,
    wanted=1,
    image="mecctl.io/web:1",
    pods=(Pod("cache-0", "edge-2", "10.42.1.5", ready=True, restarts=0, image="sha256:0123456789abcdef", reason=""),),
    claims=(Claim("data-cache-0", "Bound", "1Gi", "fast"),),
    trouble=(),
)
STUCK = App(
    *("control", "urllc", "slice-2-0000b2", "Deployment"),
    ready=False,
    replicas=0,
    wanted=1,
    image="mecctl.io/web:1",
    pods=(Pod("control-1", "", "", ready=False, restarts=0, image="", reason="Unschedulable"),),
    claims=(),
    trouble=("pod control-1 has no node: too little CPU",),
)


class Session:
    """A program that prints what it was started with and ends with 5."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command


@pytest.fixture
def cluster(monkeypatch):
    """Put a cluster of a few answers behind the commands; gives what exec was asked for."""
    asked: list[Any] = []

    @contextmanager
    def execute(*where: Any, tty: bool):
        asked.append((*where, tty))
        yield Session(where[-1])

    def logs(_: str, pod: str, *, tail: int, previous: bool) -> str:
        return f"{pod} {tail} {previous}\n"

    client = SimpleNamespace(exec=execute, logs=logs)
    monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext(client))
    monkeypatch.setattr("mecctl.cluster.suited.notes", lambda *_: ("no metrics",))
    monkeypatch.setattr("mecctl.cluster.apps.look", lambda *_, **__: (READY, STUCK))
    monkeypatch.setattr("mecctl.cluster.apps.pods", lambda *_: [POD, OTHER])
    monkeypatch.setattr("mecctl.cluster.apps.pick", lambda *_: POD)
    monkeypatch.setattr("mecctl.cli.terminal.attach", lambda *_, **__: 5)
    return asked


@pytest.mark.usefixtures("cluster")
def test_a_list_is_a_line_each_with_what_really_runs(site, capsys):
    assert run(["app", "list", str(site)]) == 0
    assert capsys.readouterr().out == (
        "WORKLOAD  READY  SLICE  KIND         REPLICAS  IMAGE            RUNS\n"
        "cache     yes    embb   StatefulSet  1/1       mecctl.io/web:1  sha256:0123456789ab\n"
        "control   no     urllc  Deployment   0/1       mecctl.io/web:1\n"
        "note: no metrics\n"
    )


@pytest.mark.usefixtures("cluster")
def test_a_status_says_why_and_fails(site, capsys):
    assert run(["app", "status", str(site)]) == 1
    assert capsys.readouterr().out == (
        "cache of slice embb is ready: 1 of 1, mecctl.io/web:1\n"
        "  POD      READY  NODE    ADDRESS    RESTARTS  RUNS\n"
        "  cache-0  yes    edge-2  10.42.1.5  0         sha256:0123456789ab\n"
        "  CLAIM         PHASE  SIZE  CLASS\n"
        "  data-cache-0  Bound  1Gi   fast\n"
        "\n"
        "control of slice urllc is NOT ready: 0 of 1, mecctl.io/web:1\n"
        "  POD        READY  NODE  ADDRESS  RESTARTS  RUNS\n"
        "  control-1  no                    0               Unschedulable\n"
        "  pod control-1 has no node: too little CPU\n"
        "\n"
        "note: no metrics\n"
    )


@pytest.mark.usefixtures("cluster")
def test_both_as_json(site, capsys):
    assert run(["app", "status", str(site), "-o", "json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert (value["site"], value["ok"], value["notes"]) == ("lab", False, ["no metrics"])
    assert value["apps"][0]["claims"] == [{"name": "data-cache-0", "phase": "Bound", "size": "1Gi", "class": "fast"}]


@pytest.mark.usefixtures("cluster")
def test_lines_of_several_pods_are_told_apart(site, capsys):
    assert run(["app", "logs", str(site), "cache", "--tail", "3"]) == 0
    assert capsys.readouterr().out == "cache-1  cache-1 3 False\ncache-2  cache-2 3 False\n"
    assert run(["app", "logs", str(site), "cache", "--pod", "cache-2", "-p"]) == 0
    assert capsys.readouterr().out == "cache-2 100 True\n"
    assert run(["app", "logs", str(site), "cache", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["pods"] == [
        {"name": "cache-1", "lines": ["cache-1 100 False"]},
        {"name": "cache-2", "lines": ["cache-2 100 False"]},
    ]


def test_exec_ends_with_the_programs_code(site, cluster):
    assert run(["app", "exec", str(site), "cache", "--", "ls", "-l"]) == 5
    assert cluster == [("slice-1-0000a1", "cache-1", "cache", ["ls", "-l"], False)]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["logs", "nope"], "lab: there is no workload nope; one of: cache, control"),
        (["exec", "nope", "--", "ls"], "lab: there is no workload nope"),
        (["status", "nope"], "lab: there is no workload nope"),
        (["logs", "cache", "-f", "-p"], "--follow: can't be with --previous, which has ended; one of them"),
        (["logs", "cache", "-f", "-o", "json"], "--follow: can't be with -o json, which is one object; one of them"),
        (["exec", "cache"], "Missing argument"),
    ],
)
def test_wrong_input(site, capsys, words, said):
    assert run(["app", words[0], str(site), *words[1:]]) == 3
    assert said in capsys.readouterr().err


def test_a_site_that_is_not_up(site, capsys):
    assert run(["app", "list", str(site)]) == 4
    assert "mecctl site up lab" in capsys.readouterr().err
