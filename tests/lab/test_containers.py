import json

import pytest

from mecctl.errors import CommandError
from mecctl.lab import containers
from mecctl.lab.containers import Container, Podman
from mecctl.lab.machine import Limits, Machine
from mecctl.process import Completed

MACHINE = Machine("v2", frozenset(), named=False, raise_limits=False, limits=Limits(1024, 99, 32768))
LISTED = [
    {
        "Names": ["mec-lab-0123abcd-edge-1"],
        "State": "running",
        "Pid": 42,
        "Labels": {
            "io.mecctl.lab": "0123abcd",
            "io.mecctl.lab.node": "edge-1",
            "io.mecctl.lab.address": "10.78.1.11:22",
            "io.mecctl.lab.recipe": "abc",
        },
    }
]


@pytest.fixture
def calls(monkeypatch):
    """Answer every podman command with a list of one container; keep the words and the environment."""
    kept = []

    def run(words, *, env, **_):
        kept.append((words, env))
        return Completed(0, json.dumps(LISTED if "ps" in words else [{"Name": "there"}]), "")

    monkeypatch.setattr(containers, "run", run)
    return kept


def test_containers_are_found_by_the_labs_label(tmp_path, calls):
    found = Podman(tmp_path / "conf").containers("0123abcd")

    assert found == (Container("mec-lab-0123abcd-edge-1", "edge-1", "running", 42, "10.78.1.11:22", "abc"),)
    assert "label=io.mecctl.lab=0123abcd" in calls[0][0]


def test_every_call_uses_the_labs_own_configuration(tmp_path, calls):
    Podman.configured(tmp_path / "lab", MACHINE).volumes("0123abcd")

    conf = tmp_path / "lab/containers.conf"
    assert calls[0][1] == {"CONTAINERS_CONF": str(conf)}
    assert "nofile=1024:1024" in conf.read_text()


def answering(monkeypatch, *answers):
    """Answer one podman command after the other; a CommandError is raised."""
    waiting = list(answers)

    def run(*_, **__):
        answer = waiting.pop(0)
        if isinstance(answer, CommandError):
            raise answer
        return answer

    monkeypatch.setattr(containers, "run", run)
    return waiting


def test_a_volume_that_is_not_there_is_no_error(tmp_path, monkeypatch):
    answering(monkeypatch, Completed(1, "", "Error: no volume with name gone found: no such volume\n"))

    Podman(tmp_path).remove_volumes(["gone"])


def test_a_volume_that_can_not_be_removed_is(tmp_path, monkeypatch):
    answering(monkeypatch, Completed(2, "", "Error: volume one is being used by container two\n"))

    with pytest.raises(CommandError) as caught:
        Podman(tmp_path).remove_volumes(["one"])

    assert caught.value.why == "Error: volume one is being used by container two"


def test_a_listing_that_another_lab_disturbs_is_made_again(tmp_path, monkeypatch):
    left = answering(monkeypatch, CommandError("no such volume"), Completed(0, '[{"Name": "one"}]', ""))

    assert Podman(tmp_path).volumes("0123abcd") == ("one",)
    assert left == []


def test_a_listing_that_keeps_failing_is_an_error(tmp_path, monkeypatch):
    answering(monkeypatch, *[CommandError("podman is broken")] * 5)

    with pytest.raises(CommandError, match="podman is broken"):
        Podman(tmp_path).volumes("0123abcd")


def test_nothing_to_remove_is_no_call(tmp_path, calls):
    Podman(tmp_path).remove([])
    Podman(tmp_path).remove_volumes([])

    assert calls == []


def test_no_output_is_no_container(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "run", lambda *_, **__: Completed(0, "", ""))

    assert Podman(tmp_path).containers("0123abcd") == ()


def test_podman_that_is_not_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match="podman isn't installed"):
        Podman(tmp_path).containers("0123abcd")


def test_a_container_whose_mount_is_still_held_is_removed_in_the_end(tmp_path, monkeypatch):
    busy = Completed(125, "", "Error: unlinkat /shm: device or resource busy\n")
    monkeypatch.setattr("time.sleep", lambda _: None)
    left = answering(monkeypatch, busy, busy, Completed(0, "", ""))

    Podman(tmp_path).remove(["one"])

    assert left == []
