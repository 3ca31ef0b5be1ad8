import pytest
from ansible.module_utils.mecctl import reset
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.converge import Result
from ansible.module_utils.mecctl.item import NodeError


@pytest.fixture
def ran(monkeypatch):
    ran = []

    def run(words, **given):
        ran.append((" ".join(words), given.get("stdin", "")))
        return Output(0, "table ip kube-proxy\n" if words[0] == "nft" else "-A INPUT -j KUBE-X\n-A INPUT -j MINE\n", "")

    monkeypatch.setattr(reset, "run", run)
    monkeypatch.setattr(reset.shutil, "which", lambda name: None if name.startswith("ip6") else name)
    monkeypatch.setattr(reset.units, "states", lambda names: {name: {"ActiveState": "active"} for name in names})
    monkeypatch.setattr(reset.units, "stop", lambda name: ran.append((f"stop {name}", "")))
    return ran


def test_everything_declared_goes_and_the_seed_stays(ran, tmp_path, context):
    (tmp_path / "etc" / "tool").mkdir(parents=True)
    (tmp_path / "etc" / "tool" / "conf").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "blob").touch()
    (context.store / "images.json").touch()
    state = {
        "directories": [{"path": str(tmp_path / "etc")}, {"path": str(tmp_path / "etc" / "tool")}],
        "files": [{"path": str(tmp_path / "etc" / "tool" / "conf"), "content": ""}],
        "units": [{"name": "tool.service"}],
        "reset": {"empty": [str(tmp_path / "data")], "paths": [str(tmp_path / "never")]},
    }
    result = Result()

    reset.take_off([state], context, result, check=False)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "store"]
    assert list((tmp_path / "data").iterdir()) == []
    assert [path.name for path in context.store.iterdir()] == ["seed"]
    assert ran[0] == ("stop tool.service", "")
    assert {change["action"] for change in result.changes} == {"delete"}


def test_paths_with_a_star_are_what_is_there(ran, tmp_path, context):
    for name in ("cni-1", "cni-2", "mine"):
        (tmp_path / name).touch()

    reset.take_off([{"reset": {"paths": [f"{tmp_path}/cni-*"]}}], context, Result(), check=False)

    assert {path.name for path in tmp_path.iterdir()} == {"mine", "store"}


def test_check_takes_nothing_off(ran, tmp_path, context):
    (tmp_path / "conf").touch()
    result = Result()

    reset.take_off([{"files": [{"path": str(tmp_path / "conf")}]}], context, result, check=True)

    assert (tmp_path / "conf").exists()
    assert [change["subject"] for change in result.changes] == [f"path {tmp_path / 'conf'}"]


def test_other_peoples_rules_stay(ran, context):
    reset.take_off(
        [{"reset": {"rules": "KUBE-", "nft_tables": ["ip kube-proxy", "ip6 kube-proxy"]}}],
        context,
        Result(),
        check=False,
    )

    assert ("iptables-restore", "-A INPUT -j MINE\n") in ran
    assert ("nft delete table ip kube-proxy", "") in ran
    assert ("nft delete table ip6 kube-proxy", "") not in ran


def test_an_error_does_not_stop_the_rest(ran, tmp_path, context, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).touch()
    remove = reset.remove

    def stubborn(path):
        if path.name == "a":
            raise OSError(16, "it is busy", str(path))
        remove(path)

    monkeypatch.setattr(reset, "remove", stubborn)
    result = Result()

    with pytest.raises(NodeError, match="could not be taken off") as caught:
        reset.take_off([{"reset": {"paths": [str(tmp_path / "a"), str(tmp_path / "b")]}}], context, result, check=False)

    assert "it is busy" in caught.value.why
    assert not (tmp_path / "b").exists()


def test_what_the_node_was_closed_by_goes_and_the_systems_own_units_stay(ran, tmp_path, context, monkeypatch):
    monkeypatch.setattr(reset.firewall, "there", lambda: True)
    monkeypatch.setattr(reset.firewall, "remove", lambda: ran.append(("open", "")))
    monkeypatch.setattr(reset.masks, "masked", lambda _: ["cups.service"])
    monkeypatch.setattr(reset.masks, "unmask", lambda name, _: ran.append((f"unmask {name}", "")))
    monkeypatch.setattr(reset.sshd, "remove", lambda path: ran.append((f"remove {path}", "")))
    settings = tmp_path / "10-mecctl.conf"
    settings.touch()
    state = {
        "units": [{"name": "audit.service"}, {"name": "systemd-timesyncd.service", "stays": True}],
        "firewall": {"ruleset": ""},
        "sshd": {"path": str(settings), "settings": {}},
        "masked": [],
    }

    reset.take_off([state], context, Result(), check=False)

    done = [words for words, _ in ran]
    assert done[:4] == ["stop audit.service", "open", f"remove {settings}", "unmask cups.service"]
    assert "stop systemd-timesyncd.service" not in done
