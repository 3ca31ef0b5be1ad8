import json
import subprocess
import sys

import pytest

from mecctl.errors import InputError, MecctlError, UnreachableError
from mecctl.nodes import evidence
from mecctl.nodes.ssh import Answer


class Connected:
    """Answers as a node would, and keeps what it was asked."""

    def __init__(self, answers, node):
        self.answer = answers[node.name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, command, stdin, patience):
        assert (command, stdin, patience) == ("sudo -n python3 -", evidence.script(), evidence.PATIENCE)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def answering(monkeypatch):
    def give(**answers):
        named = {name.replace("_", "-"): answer for name, answer in answers.items()}
        monkeypatch.setattr(evidence, "check_key", lambda _: None)
        monkeypatch.setattr(evidence, "connect", lambda _folder, node: Connected(named, node))

    return give


def test_each_node_is_asked_once_and_its_own_fault_is_its_own(folder, answering):
    answering(
        edge_1=Answer(0, json.dumps({"certificates": {}, "k3s": False}), "", 0, 0), edge_2=UnreachableError("off")
    )
    found = evidence.gather(folder)

    assert found["edge-1"] == {"certificates": {}, "k3s": False}
    assert isinstance(found["edge-2"], UnreachableError)


def test_a_script_that_fails_is_told_with_its_reason(folder, answering):
    answering(edge_1=Answer(1, "", "Traceback\nFileNotFoundError: ss", 0, 0), edge_2=Answer(1, "", "", 0, 0))
    found = evidence.gather(folder)

    error = found["edge-1"]
    assert isinstance(error, MecctlError)
    assert error.why == "FileNotFoundError: ss"


def test_a_key_that_is_no_key_is_wrong_input(folder):
    with pytest.raises(InputError):
        evidence.gather(folder)


def test_the_script_stands_alone():
    """It compiles and says of a machine what the modules say; this one's own files aren't walked."""
    text = (
        evidence.script()
        .replace("for name, text in", "for name, text in sorted(")
        .replace(".items():", ".items())[:1]:")
    )
    ended = subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, check=True)

    assert set(json.loads(ended.stdout)) == {"components", "k3s", "texts", "encryption"}
