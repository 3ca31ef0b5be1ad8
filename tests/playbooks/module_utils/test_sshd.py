import os
import signal

import pytest
from ansible.module_utils.mecctl import sshd
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

SETTINGS = {"PasswordAuthentication": "no", "MaxAuthTries": "4"}


@pytest.fixture
def ssh(monkeypatch, tmp_path):
    """An sshd's folder; `says` is its judgement of its configuration, `told` what it was sent."""
    folder = tmp_path / "ssh"
    (folder / "sshd_config.d").mkdir(parents=True)
    main = folder / "sshd_config"
    main.write_text(f"# Debian's\nInclude {folder}/sshd_config.d/*.conf\nPasswordAuthentication yes\n")
    pid = tmp_path / "sshd.pid"
    pid.write_text("4711\n")
    state = {"folder": folder, "main": main, "pid": pid, "says": Output(0, "", ""), "told": []}
    monkeypatch.setattr(sshd, "MAIN", main)
    monkeypatch.setattr(sshd, "PID", pid)
    monkeypatch.setattr(sshd, "run", lambda *_, **__: state["says"])
    monkeypatch.setattr(sshd.os, "kill", lambda *told: state["told"].append(told))
    return state


def plan(ssh, context, settings=SETTINGS):
    return list(
        sshd.plan_sshd({"path": f"{ssh['folder']}/sshd_config.d/10-mecctl.conf", "settings": settings}, context)
    )


def read_again(ssh):
    now = (ssh["folder"] / "sshd_config.d" / "10-mecctl.conf").stat().st_mtime + 1
    os.utime(ssh["pid"], (now, now))


def test_the_settings_are_written_and_read_at_once(ssh, context):
    (item,) = plan(ssh, context)
    item.act()
    read_again(ssh)

    path = ssh["folder"] / "sshd_config.d" / "10-mecctl.conf"
    assert path.read_text().splitlines()[1:] == ["PasswordAuthentication no", "MaxAuthTries 4"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert ssh["told"] == [(4711, signal.SIGHUP)]
    assert plan(ssh, context) == []


def test_what_sshd_refuses_does_not_stay(ssh, context):
    (item,) = plan(ssh, context)
    item.act()
    ssh["says"] = Output(255, "", "10-mecctl.conf: line 2: Bad configuration option: Nonsense\n")

    (worse,) = plan(ssh, context, {"Nonsense": "yes"})
    with pytest.raises(NodeError, match="the old ones stay") as refused:
        worse.act()

    assert "Bad configuration option: Nonsense" in refused.value.why
    path = ssh["folder"] / "sshd_config.d" / "10-mecctl.conf"
    assert "PasswordAuthentication no" in path.read_text()
    assert len(ssh["told"]) == 1


def test_an_sshd_that_was_not_told_is_told(ssh, context):
    (item,) = plan(ssh, context)
    item.act()
    os.utime(ssh["pid"], (1, 1))

    (told,) = plan(ssh, context)
    told.act()

    assert (told.subject, told.action) == ("sshd", "restart")
    assert len(ssh["told"]) == 2


def test_without_settings_the_file_goes(ssh, context):
    (item,) = plan(ssh, context)
    item.act()

    (gone,) = plan(ssh, context, {})
    gone.act()

    assert gone.action == "delete"
    assert not (ssh["folder"] / "sshd_config.d" / "10-mecctl.conf").exists()
    assert plan(ssh, context, {}) == []


@pytest.mark.parametrize("text", ["", "Match User ops\nInclude {0}/sshd_config.d/*.conf\n", "# Include {0}/x\n"])
def test_a_folder_that_sshd_does_not_read_is_told(ssh, context, text):
    ssh["main"].write_text(text.format(ssh["folder"]))

    with pytest.raises(NodeError, match="sshd doesn't read") as refused:
        plan(ssh, context)

    assert refused.value.fix == f"put this line first there: Include {ssh['folder']}/sshd_config.d/*.conf"


def test_a_line_that_sshd_meets_first_is_told(ssh, context):
    (ssh["folder"] / "sshd_config.d" / "05-cloud.conf").write_text("PasswordAuthentication = yes  # for now\n")

    with pytest.raises(NodeError, match="passwordauthentication is yes, not no") as refused:
        plan(ssh, context)

    assert refused.value.where == f"{ssh['folder']}/sshd_config.d/05-cloud.conf:1"


def test_an_earlier_line_that_says_the_same_is_fine(ssh, context):
    (ssh["folder"] / "sshd_config.d" / "05-cloud.conf").write_text("passwordauthentication no\n")

    assert len(plan(ssh, context)) == 1
