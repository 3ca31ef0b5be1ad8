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
        ("ipsec-key", "the ipsec-key of all nodes is replaced"),
        ("certs", "all certificates of the cluster are replaced"),
        ("tokens", "all tokens by which nodes join are replaced"),
    ],
)
def test_without_a_terminal_or_yes_nothing_happens(ran, what, asked, capsys):
    assert run(["site", "rotate", "lab", what]) == 3
    assert f"--yes: {asked}" in capsys.readouterr().err
    assert ran == []


@pytest.fixture
def street(tmp_path):
    (tmp_path / "site.yaml").write_text(
        "apiVersion: mecctl/v1\nkind: Site\nmetadata: {name: street}\nspec:\n  lab: {}\n"
        "  nodes: [{name: edge-1, address: 10.0.0.11, roles: [server]}]\n"
        "  kubernetes: {distribution: kubeadm, version: v1.36.3, network: {cni: cilium}, hardening: none}\n"
    )
    return tmp_path


def test_a_site_without_ipsec_has_no_key_of_it(street, capsys):
    assert run(["site", "rotate", str(street), "ipsec-key", "--yes"]) == 3
    assert "spec.kubernetes.network.encryption: the site has no key of IPsec" in capsys.readouterr().err


def test_what_was_changed_is_told(ran, street, capsys):
    assert run(["site", "rotate", str(street), "ssh-key", "--yes", "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == [{"subject": "edge-1: authorized_keys", "action": "update", "reason": "x"}]
