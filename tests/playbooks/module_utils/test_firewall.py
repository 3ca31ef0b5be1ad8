from typing import Any

import pytest
from ansible.module_utils.mecctl import firewall
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

RULES = "table inet mecctl { chain input { policy drop; } }\n"


@pytest.fixture
def node(monkeypatch, tmp_path):
    """A node's filter: `table` is what the kernel shows, `refuses` what nft says of a ruleset."""
    state: dict[str, Any] = {"table": "", "refuses": "", "tried": []}

    def run(words, *, stdin="", check=True):
        if words[0] == "nft" and "list" in words:
            return Output(0 if state["table"] else 1, state["table"], "")
        if words[1] == "try":
            if state["refuses"]:
                return Output(1, "", state["refuses"])
            state["tried"].append((words[2], stdin))
            state["table"] = f"shown {stdin}"
        if words == ["nft", "--file", "-"]:
            state["table"] = ""
        return Output(0, "", "")

    for name in ("KEPT", "SEEN", "TOOL", "TRIAL", "UNIT", "BOOT", "ON_TRIAL"):
        monkeypatch.setattr(firewall, name, tmp_path / name)
    monkeypatch.setattr(firewall, "run", run)

    def keep():
        firewall.KEPT.write_text(state["tried"][-1][1])
        firewall.SEEN.write_text(state["table"])
        firewall.BOOT.touch()

    return {"state": state, "keep": keep}


def plan(context, ruleset=RULES):
    return list(firewall.plan_firewall({"ruleset": ruleset, "seconds": 60}, context))


@pytest.fixture
def kept(node, context):
    """The filter is loaded, and was kept."""
    (item,) = plan(context)
    item.act()
    node["keep"]()
    context.trial = 0
    return node["state"]


def test_a_filter_is_tried_and_pending_until_it_is_kept(node, context):
    (item,) = plan(context)
    item.act()

    assert (item.action, item.reason) == ("create", "isn't there")
    assert node["state"]["tried"] == [("60", RULES)]
    assert context.trial == 60
    assert len(plan(context)) == 1
    node["keep"]()
    assert plan(context) == []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda state: state.update(table="shown " + RULES.replace("drop", "accept")), "somebody changed it"),
        (lambda state: state.update(table=""), "somebody changed it"),
        (lambda _: firewall.BOOT.unlink(), "isn't loaded at boot"),
        (lambda _: firewall.KEPT.write_text("edited"), "its content differs"),
        (lambda _: firewall.ON_TRIAL.touch(), "is on trial"),
    ],
)
def test_whatever_was_done_to_it_is_told_and_mended_on_trial(kept, context, spoil, reason):
    spoil(kept)

    (item,) = plan(context)
    item.act()

    assert reason in item.reason
    assert context.trial == 60
    assert kept["table"] == f"shown {RULES}"


def test_a_ruleset_that_nft_refuses_says_why(node, context):
    node["state"]["refuses"] = "new.nft:3:1-5: Error: syntax error\n"
    (item,) = plan(context)

    with pytest.raises(NodeError, match="what was there stays") as refused:
        item.act()

    assert "syntax error" in refused.value.why
    assert context.trial == 0


def test_no_ruleset_takes_all_of_it_away(kept, context):
    firewall.TOOL.touch()

    (item,) = plan(context, "")
    item.act()

    assert item.action == "delete"
    assert kept["table"] == ""
    assert not firewall.there()
    assert plan(context, "") == []
