import hashlib

import pytest
from ansible.module_utils.mecctl import converge as converging
from ansible.module_utils.mecctl.converge import Result, converge
from ansible.module_utils.mecctl.item import Item, NodeError


def states(tmp_path, me, content="one\n"):
    return [
        {"directories": [{"path": str(tmp_path / "d"), **me}]},
        {"files": [{"path": str(tmp_path / "d" / "f"), "content": content, **me}]},
    ]


def test_what_check_says_is_what_is_then_made(tmp_path, context, me):
    planned, made = Result(), Result()

    converge(states(tmp_path, me), context, planned, check=True)
    assert not (tmp_path / "d").exists()
    converge(states(tmp_path, me), context, made, check=False)

    assert planned.changes == made.changes
    assert [change["action"] for change in made.changes] == ["create", "create"]
    assert (tmp_path / "d" / "f").read_text() == "one\n"


def test_a_second_time_there_is_nothing_to_do(tmp_path, context, me):
    converge(states(tmp_path, me), context, Result(), check=False)
    again = Result()

    converge(states(tmp_path, me), context, again, check=False)

    assert again == Result()


def test_nothing_is_made_while_an_artifact_is_missing(tmp_path, context, me):
    sha = hashlib.sha256(b"tool").hexdigest()
    wanted = [{"binaries": [{"sha256": sha, "path": str(tmp_path / "tool")}]}, *states(tmp_path, me)]
    result = Result()

    converge(wanted, context, result, check=False)

    assert (result.missing, result.changes) == ([sha], [])
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("check", [True, False])
def test_a_run_ends_with_what_it_installed_on_the_disk(tmp_path, context, monkeypatch, check):
    sha = hashlib.sha256(b"tool").hexdigest()
    settled: list[object] = []
    (context.store / "seed" / sha).write_bytes(b"tool")
    monkeypatch.setattr(converging.atomic, "settle", settled.append)
    wanted = [{"binaries": [{"sha256": sha, "path": str(tmp_path / "bin" / "tool")}]}]

    converge(wanted, context, Result(), check=check)

    assert settled == ([] if check else [tmp_path / "bin"])


def test_a_failure_keeps_what_was_made_before_it(tmp_path, context, me):
    (tmp_path / "plain").touch()
    wanted = [*states(tmp_path, me), {"files": [{"path": str(tmp_path / "plain" / "f"), "content": "", **me}]}]
    result = Result()

    with pytest.raises(NodeError, match="could not be made"):
        converge(wanted, context, result, check=False)

    assert len(result.changes) == 2


def test_a_state_with_an_unknown_key_is_refused(context):
    with pytest.raises(NodeError, match="can't declare fiels"):
        converge([{"fiels": []}], context, Result(), check=True)


def test_what_waits_is_told_apart(tmp_path, context, me):
    wanted = [{"files": [{"path": str(tmp_path / "token"), "secret": "join_token", **me}]}]
    result = Result()

    converge(wanted, context, result, check=False)

    assert (len(result.later), result.changes) == (1, [])


def test_a_packet_filter_comes_last_of_all_and_its_trial_is_told(tmp_path, context, me, monkeypatch):
    done = []

    def plan_firewall(declared, context):
        def act():
            done.append(sorted(path.name for path in tmp_path.iterdir()))
            context.trial = declared["seconds"]

        yield Item("packet filter", "create", "isn't there", act)

    monkeypatch.setattr(converging, "plan_firewall", plan_firewall)
    closed = {"firewall": {"ruleset": "table", "seconds": 60}}

    converge([closed, *states(tmp_path, me)], context, Result(), check=False)

    assert done == [["d", "store"]]
    assert context.trial == 60
