"""`site rotate` asks, does its work by mecctl.rotation, and tells what was changed."""

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


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("ssh-key", "the ssh-key of all nodes is replaced"),
        ("encryption-key", "the encryption-key of all nodes is replaced"),
        ("certs", "all certificates of the cluster are replaced"),
        ("tokens", "all tokens by which nodes join are replaced"),
    ],
)
def test_without_a_terminal_or_yes_nothing_happens(ran, what, asked, capsys):
    assert run(["site", "rotate", "lab", what]) == 3
    assert f"--yes: {asked}" in capsys.readouterr().err
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
