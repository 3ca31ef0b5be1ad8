"""The module as Ansible runs it: a program that reads JSON and prints JSON."""

import hashlib
import json
import subprocess
import sys

import pytest

from mecctl.resources import resource

RUN = """
import runpy, sys
import ansible.module_utils
ansible.module_utils.__path__.append({utils!r})
from pathlib import Path
from ansible.module_utils.mecctl import hold
hold.LOCK = Path({lock!r})
sys.argv = ["node_state"]
runpy.run_path({module!r}, run_name="__main__")
"""


@pytest.fixture
def node_state(tmp_path, me):
    """Run the module with a store of its own; returns its exit status and its answer."""
    playbooks = resource("playbooks")
    code = RUN.format(
        utils=str(playbooks / "module_utils"),
        module=str(playbooks / "library" / "node_state.py"),
        lock=str(tmp_path / "lock"),
    )

    def run(*states, check=False, **more):
        arguments = {"states": list(states), "store": str(tmp_path / "store"), "user": me["owner"], **more}
        given = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": check, "_ansible_diff": True}})
        ended = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], input=given, capture_output=True, text=True, check=False
        )
        assert ended.stdout, ended.stderr
        return ended.returncode, json.loads(ended.stdout)

    (tmp_path / "store" / "artifacts").mkdir(parents=True)
    return run


def test_check_and_run_report_the_same_and_the_second_run_nothing(node_state, tmp_path, me):
    state = {"files": [{"path": str(tmp_path / "a"), "content": "one\n", **me}]}

    _, planned = node_state(state, check=True)
    assert not (tmp_path / "a").exists()
    status, made = node_state(state)
    _, again = node_state(state)

    assert status == 0
    assert planned["changes"] == made["changes"] == [
        {"subject": f"file {tmp_path / 'a'}", "action": "create", "reason": "isn't there"}
    ]  # fmt: skip
    assert made["changed"]
    assert not again["changed"]
    assert made["diff"][0]["after"] == "one\n"


def test_missing_artifacts_are_asked_for_taken_in_and_installed(node_state, tmp_path):
    sha = hashlib.sha256(b"tool").hexdigest()
    state = {"binaries": [{"sha256": sha, "path": str(tmp_path / "bin" / "tool")}]}

    _, asked = node_state(state)
    assert (asked["missing"], asked["changed"]) == ([sha], False)
    (tmp_path / "store" / "inbox" / sha).write_bytes(b"tool")
    _, made = node_state(state)

    assert made["missing"] == []
    assert (tmp_path / "bin" / "tool").read_bytes() == b"tool"


def test_a_failure_says_what_where_why_and_what_was_made(node_state, tmp_path, me):
    (tmp_path / "plain").touch()
    good = {"files": [{"path": str(tmp_path / "a"), "content": "", **me}]}
    bad = {"files": [{"path": str(tmp_path / "plain" / "f"), "content": "", **me}]}

    status, failed = node_state(good, bad)

    assert (status, failed["failed"], failed["changed"]) == (1, True, True)
    assert failed["msg"] == f"file {tmp_path / 'plain' / 'f'} could not be made"
    assert "Not a directory" in failed["why"] or "File exists" in failed["why"]
    assert len(failed["changes"]) == 1


def test_a_secret_is_in_the_file_and_nowhere_else(node_state, tmp_path, me):
    state = {"files": [{"path": str(tmp_path / "token"), "secret": "join_token", "mode": "0600", **me}]}

    _, made = node_state(state, secrets={"join_token": "s3cr3t-canary"})

    assert (tmp_path / "token").read_text() == "s3cr3t-canary\n"
    assert "s3cr3t-canary" not in json.dumps(made)


def test_two_runs_do_not_meet(node_state, tmp_path, me):
    code = "import fcntl, time; f = open({!r}, 'a'); fcntl.flock(f, 2); print(1, flush=True); time.sleep(1)"
    command = [sys.executable, "-c", code.format(str(tmp_path / "lock"))]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout
        assert holder.stdout.readline()
        status, _ = node_state({"files": [{"path": str(tmp_path / "a"), "content": "", **me}]})
        assert holder.poll() is not None, "the module did not wait"

    assert status == 0
