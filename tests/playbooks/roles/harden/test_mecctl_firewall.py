"""The node's own tool for its packet filter, with the real nft and with a timer that the test lets run out."""

import subprocess

import pytest

from mecctl.resources import resource
from tests.support.netns import in_netns

TOOL = resource("playbooks") / "roles" / "harden" / "files" / "mecctl-firewall"
OLD = "table inet mecctl\ndelete table inet mecctl\ntable inet mecctl { chain input { tcp dport 22 accept; }; }\n"
NEW = OLD.replace("22", "2222")


@pytest.fixture
def tool(tmp_path):
    """The tool with folders of its own, and with systemd's programs as scripts that write down what they are told."""
    text = TOOL.read_text()
    for path in ("/etc/mecctl", "/run/mecctl-firewall"):
        assert path in text
        text = text.replace(path, f"{tmp_path}{path}")
    (tmp_path / "run").mkdir()
    script = tmp_path / "mecctl-firewall"
    script.write_text(text)
    script.chmod(0o755)
    for name, code in (("systemctl", '[ "$1" != restart ]'), ("systemd-run", ":")):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/told\n{code}\n')
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(tool, *words, stdin=""):
    path = {"PATH": f"{tool}:/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run(
        [tool / "mecctl-firewall", *words], input=stdin, env=path, capture_output=True, text=True, check=False
    )


def loaded():
    shown = subprocess.run(["nft", "list", "table", "inet", "mecctl"], capture_output=True, text=True, check=False)
    return [port for port in ("22 ", "2222 ") if f"dport {port}" in shown.stdout]


def told(tool):
    return (tool / "told").read_text().splitlines()


@in_netns
def test_a_tried_ruleset_is_undone(tool):
    assert run(tool, "try", "60", stdin=OLD).returncode == 0
    assert loaded() == ["22 "]
    assert "--unit=mecctl-firewall-undo --on-active=60 " in told(tool)[-1]
    assert told(tool)[-1].endswith(f"{tool}/mecctl-firewall undo")

    assert run(tool, "undo").returncode == 0
    assert loaded() == []
    assert not (tool / "etc").exists()
    assert "was undone" in run(tool, "keep").stderr


@in_netns
def test_a_kept_one_is_loaded_at_boot_and_is_what_the_next_trial_goes_back_to(tool):
    run(tool, "try", "60", stdin=OLD)
    assert run(tool, "keep").returncode == 0
    assert (tool / "etc/mecctl/firewall.nft").read_text() == OLD
    assert "systemctl --quiet enable --now mecctl-firewall.service" in told(tool)
    assert told(tool)[-1] == "systemctl stop mecctl-firewall-undo.timer"

    # A second trial before the first is over goes back to what was kept, not to what nobody did keep.
    run(tool, "try", "60", stdin=NEW)
    run(tool, "try", "60", stdin=NEW.replace("2222", "2223"))
    assert loaded() == []
    run(tool, "undo")
    assert loaded() == ["22 "]
    assert (tool / "etc/mecctl/firewall.nft").read_text() == OLD


@in_netns
def test_a_ruleset_that_is_wrong_changes_nothing(tool):
    run(tool, "try", "60", stdin=OLD)
    run(tool, "keep")

    ended = run(tool, "try", "60", stdin="table inet mecctl { nonsense }\n")

    assert ended.returncode != 0
    assert "syntax error" in ended.stderr
    assert loaded() == ["22 "]
    assert not (tool / "run/mecctl-firewall/before.nft").exists()


@in_netns
def test_other_words_are_answered_with_what_there_is(tool):
    ended = run(tool, "stop")

    assert ended.returncode == 64
    assert [line.split()[1] for line in ended.stderr.splitlines()] == ["try", "keep", "undo"]
