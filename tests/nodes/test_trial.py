import time
from typing import Any

import pytest

from mecctl.errors import UnreachableError
from mecctl.nodes import trial
from mecctl.nodes.ssh import Answer
from mecctl.nodes.trial import Trials


@pytest.fixture
def node(monkeypatch):
    """A node behind SSH: `answers` are what connecting to it gives, one after the other, the last one for good."""
    state: dict[str, Any] = {"answers": [0], "ran": []}

    class Connection:
        def __init__(self, _folder, node):
            self.node = node

        def __enter__(self):
            answer = state["answers"].pop(0) if len(state["answers"]) > 1 else state["answers"][0]
            if isinstance(answer, Exception):
                raise answer
            self.status = answer
            return self

        def __exit__(self, *_):
            pass

        def run(self, command):
            state["ran"].append((self.node.name, command))
            return Answer(
                self.status, "", "no ruleset is on trial any more: it was undone\n" if self.status else "", 0, 0
            )

    monkeypatch.setattr(trial, "connect", Connection)
    monkeypatch.setattr(trial, "PAUSE", 0.01)
    monkeypatch.setattr(trial, "SLACK", 0.05)
    return state


def cut():
    return UnreachableError("the node can't be reached by SSH", where="edge-2", why="no answer within 10 s")


def test_a_node_that_lets_us_in_keeps_its_filter(node, folder):
    with Trials(folder) as trials:
        trials.start("edge-1", 60)
        trials.start("edge-2", 60)
        assert trials.failures() == {}

    keep = "sudo -n /usr/local/sbin/mecctl-firewall keep"
    assert sorted(node["ran"]) == [("edge-1", keep), ("edge-2", keep)]


def test_a_hiccup_on_the_way_is_no_failure(node, folder):
    node["answers"] = [cut(), 0]

    with Trials(folder) as trials:
        trials.start("edge-2", 60)
        assert trials.failures() == {}


def test_a_filter_that_kept_us_out_is_told_with_its_node_and_the_fix(node, folder):
    node["answers"] = [cut(), cut(), 3]

    with Trials(folder) as trials:
        trials.start("edge-2", 60)
        error = trials.failures()["edge-2"]

    assert str(error) == (
        "edge-2: the new packet filter kept mecctl out, so the node has undone it\n"
        "  because: while it was loaded: the node can't be reached by SSH (no answer within 10 s)\n"
        "  to fix: nodes[].port must be the port where sshd of edge-2 answers (2222 is what was opened)"
    )


def test_a_node_that_stays_away_is_told(node, folder):
    node["answers"] = [cut()]

    with Trials(folder) as trials:
        trials.start("edge-2", 0)
        error = trials.failures()["edge-2"]

    assert error.what == "the node doesn't answer since its new packet filter was loaded"


def test_leaving_early_waits_for_nobody(node, folder):
    node["answers"] = [cut()]
    began = time.monotonic()

    with Trials(folder) as trials:
        trials.start("edge-2", 3600)

    assert time.monotonic() - began < 5
