"""`site rotate` asks, says what isn't built, and does the rest by mecctl.nodes.sshkey."""

import json

import pytest

from mecctl.cli.app import run
from mecctl.nodes.sshkey import Rotation
from mecctl.plan.change import Change


@pytest.fixture
def ran(monkeypatch):
    ran: list[Rotation] = []

    def rotated(self):
        ran.append(self)
        return (Change("edge-1: authorized_keys", "update", "x"),)

    monkeypatch.setattr(Rotation, "run", rotated)
    return ran


@pytest.mark.parametrize("what", ["tokens", "certs"])
def test_what_is_not_built_is_refused(ran, what, capsys):
    assert run(["site", "rotate", "lab", what, "--yes"]) == 3
    assert f"changing a site's {what} isn't built yet; ssh-key, encryption-key" in capsys.readouterr().err
    assert ran == []


def test_without_a_terminal_or_yes_nothing_happens(ran, capsys):
    assert run(["site", "rotate", "lab", "ssh-key"]) == 3
    assert "--yes: the ssh-key of all nodes" in capsys.readouterr().err
    assert ran == []


def test_what_was_changed_is_told(ran, tmp_path, capsys):
    (tmp_path / "site.yaml").write_text(
        "apiVersion: mecctl/v1\nkind: Site\nmetadata: {name: street}\nspec:\n  lab: {}\n"
        "  nodes: [{name: edge-1, address: 10.0.0.11, roles: [server]}]\n"
        "  kubernetes: {distribution: kubeadm, version: v1.36.3, network: {cni: cilium}, hardening: none}\n"
    )
    assert run(["site", "rotate", str(tmp_path), "ssh-key", "--yes", "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == [{"subject": "edge-1: authorized_keys", "action": "update", "reason": "x"}]
