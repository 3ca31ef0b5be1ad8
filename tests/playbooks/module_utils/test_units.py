import os
from typing import Any

import pytest
from ansible.module_utils.mecctl import units
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

RUNNING = (
    "Id=a.service\nActiveState=active\nUnitFileState=enabled\nInactiveExitTimestamp=Sat 2025-11-22 06:25:00.500000 UTC"
)
STARTED = 1763792700.5


@pytest.fixture
def systemctl(monkeypatch):
    """systemd as a text it shows; what is run is kept."""
    state: dict[str, Any] = {"shows": RUNNING, "ran": [], "code": 0}

    def run(words, **_):
        if words[1] == "show":
            return Output(0, state["shows"], "")
        state["ran"].append(" ".join(words))
        failed = words[1] in ("restart", "stop") and state["code"]
        return Output(state["code"] if failed else 0, "bad thing happened\n" if words[0] == "journalctl" else "", "")

    monkeypatch.setattr(units, "run", run)
    return state


def plan(context, **wanted):
    return [(i.action, i.reason) for i in units.plan_units([{"name": "a.service", **wanted}], context)]


def test_a_running_unit_is_in_order(systemctl, context):
    assert plan(context) == []


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        (RUNNING.replace("active\n", "inactive\n"), ("run", "isn't running")),
        (RUNNING.replace("=enabled", "=disabled"), ("restart", "isn't enabled")),
        ("Id=a.service\nActiveState=inactive\nUnitFileState=", ("run", "isn't enabled; isn't running")),
        (RUNNING.replace("=active", "=failed"), ("run", "isn't running")),
        (RUNNING.replace("=active", "=activating\nSubState=auto-restart"), ("run", "isn't running")),
    ],
)
def test_what_is_wrong_is_said(systemctl, context, shows, expected):
    systemctl["shows"] = shows

    assert plan(context) == [expected]


@pytest.mark.parametrize(("age", "expected"), [(-10, []), (10, [("restart", "{} is newer")])])
def test_a_restart_follows_from_times_alone(systemctl, context, tmp_path, age, expected):
    path = tmp_path / "conf"
    path.touch()
    os.utime(path, (STARTED + age, STARTED + age))

    assert plan(context, restart_on=[str(path)]) == [(action, why.format(path)) for action, why in expected]


def test_a_file_that_will_change_restarts(systemctl, context):
    context.touched.add("/etc/a.conf")

    assert plan(context, restart_on=["/etc/a.conf"]) == [("restart", "/etc/a.conf is newer")]


def test_a_unit_that_needs_a_file_is_left_alone_until_it_is_there(systemctl, context, tmp_path):
    systemctl["shows"] = ""
    needed = tmp_path / "config"

    assert plan(context, needs=[str(needed)]) == []
    needed.touch()
    assert plan(context, needs=[str(needed)]) == [("run", "isn't enabled; isn't running")]


def test_a_member_that_the_cluster_does_not_know_registers_again(systemctl, context):
    context.cluster = "a cluster"

    assert plan(context) == []
    assert plan(context, member=True) == [("restart", "the cluster doesn't know this node")]


def test_a_unit_waits_with_the_file_it_needs(systemctl, context):
    systemctl["shows"] = ""
    context.awaited.add("/etc/token")

    (item,) = units.plan_units([{"name": "a.service", "needs": ["/etc/token"]}], context)

    assert item.later


def test_converging_reloads_enables_and_restarts(systemctl, context):
    systemctl["shows"] = ""

    for item in units.plan_units([{"name": "a.service"}], context):
        item.act()

    assert systemctl["ran"] == [
        "systemctl daemon-reload",
        "systemctl enable -- a.service",
        "systemctl reset-failed -- a.service",
        "systemctl restart -- a.service",
    ]


def test_a_unit_that_does_not_start_says_why(systemctl, context):
    systemctl.update(shows="", code=1)
    (item,) = units.plan_units([{"name": "a.service"}], context)

    with pytest.raises(NodeError, match=r"a\.service did not restart") as caught:
        item.act()

    assert caught.value.why == "bad thing happened"
