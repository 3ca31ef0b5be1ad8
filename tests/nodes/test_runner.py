"""Real playbook runs against this machine itself, without SSH; needs no root."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from mecctl.errors import MecctlError
from mecctl.nodes import runner
from mecctl.plan.progress import Silent


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Run a playbook of the test's own over localhost."""
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "ansible.cfg").touch()
    monkeypatch.setattr(runner, "resource", lambda name: tmp_path / name)

    def run(text, **variables):
        (tmp_path / "playbooks" / "test.yml").write_text(text)
        host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, **variables}
        inventory = {"all": {"children": {"machines": {"hosts": {"edge-1": host}}}}}
        return runner.play("test.yml", inventory, tmp_path / ".mecctl", tmp_path / "known_hosts", Silent())

    return run


def test_the_environment_is_ours_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ANSIBLE_HOST_KEY_CHECKING", "False")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    given = {"ANSIBLE_HOST_KEY_CHECKING": "False", "AWX_ISOLATED_DATA_DIR": "x", "AWS_SECRET_ACCESS_KEY": "canary"}

    made = runner._environment(tmp_path, "/sockets", tmp_path / "known_hosts", 2, given)

    assert "canary" not in json.dumps(made)
    assert "ANSIBLE_HOST_KEY_CHECKING" not in made
    assert made["AWX_ISOLATED_DATA_DIR"] == "x"
    assert f"-o UserKnownHostsFile={tmp_path / 'known_hosts'}" in made["ANSIBLE_SSH_ARGS"]
    assert "StrictHostKeyChecking=yes" in made["ANSIBLE_SSH_ARGS"]
    assert made["ANSIBLE_CONFIG"].endswith("playbooks/ansible.cfg")


def test_nothing_of_the_users_environment_is_left_on_disk(play, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")

    play("- {name: Nothing, hosts: machines, gather_facts: false, tasks: []}\n")

    kept = [path for path in (tmp_path / ".mecctl").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if "canary" in path.read_text()]
    assert (tmp_path / ".mecctl" / "runner").stat().st_mode & 0o077 == 0


def test_a_failing_node_is_a_result(play):
    task = "{name: Fail, ansible.builtin.fail: {msg: refused}}"

    played = play(f"- {{name: Fail, hosts: machines, gather_facts: false, tasks: [{task}]}}\n")

    assert played.failures["edge-1"].what == "refused"


def test_a_broken_playbook_says_so(play):
    with pytest.raises(MecctlError, match="could not be run") as caught:
        play("- {name: Broken, hosts: machines, tasks: [{name: X, no_such_action: {}}]}\n")

    assert "no_such_action" in str(caught.value.why)


def test_an_interrupt_stops_the_playbook_and_what_it_started(play, tmp_path):
    task = "{name: Wait, ansible.builtin.command: sleep 60.125}"
    alarm = threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT))
    alarm.start()

    with pytest.raises(KeyboardInterrupt):
        play(f"- {{name: Wait, hosts: machines, gather_facts: false, tasks: [{task}]}}\n")

    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"60.125" in read(path)]


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_only_a_few_runs_are_kept(play, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "KEPT_RUNS", 2)
    for _ in range(4):
        play("- {name: Nothing, hosts: machines, gather_facts: false, tasks: []}\n")

    assert len(list((tmp_path / ".mecctl" / "runner" / "artifacts").iterdir())) <= 3
