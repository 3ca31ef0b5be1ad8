"""`site trust` against SSH servers on loopback: what it shows, asks, records and refuses."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from mecctl.cli.app import run
from mecctl.nodes.hostkeys import record, recorded
from mecctl.nodes.ssh import offered
from tests.support.sshd import Sshd, make_key

SITE = """\
apiVersion: mecctl/v1
kind: Site
metadata: {{name: street}}
spec:
  access: {{privateKey: key}}
  nodes:
    - {{name: edge-1, address: 127.0.0.1, port: {0}, roles: [server]}}
    - {{name: edge-2, address: 127.0.0.1, port: {1}, roles: [agent]}}
  kubernetes: {{distribution: kubeadm, version: v1.36.3, network: {{cni: cilium}}, hardening: none}}
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Two servers and the site that they are the nodes of; the first one's key on record is an old one."""
    # No two nodes of a site share an address, which loopback has enough of.
    with Sshd(name="edge-1") as first, Sshd(name="edge-2", address="127.0.0.2") as second:
        ports = first.node.port, second.node.port
        text = SITE.format(*ports).replace(f"127.0.0.1, port: {ports[1]}", f"127.0.0.2, port: {ports[1]}")
        (tmp_path / "site.yaml").write_text(text)
        known = tmp_path / "known_hosts"
        known.write_text("elsewhere.example ssh-ed25519 QUFBQQ==\n")
        record(known, first.node, offered(first.node))
        record(known, second.node, offered(second.node))
        first.keys = [make_key()]
        yield SimpleNamespace(node=first.node, server=first, other=second, path=tmp_path, known=known)
    assert first.attempts + second.attempts == []


def type_in(monkeypatch, text):
    stdin = io.StringIO(text)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", stdin)


def test_the_changed_key_is_shown_and_recorded_once_agreed(site, monkeypatch, capsys):
    (old,), (new,) = recorded(site.known, site.node), offered(site.node)
    type_in(monkeypatch, "street\n")

    assert run(["site", "trust", str(site.path)]) == 0
    said = capsys.readouterr()
    assert f"- {old.fingerprint} ssh-ed25519\n  + {new.fingerprint} ssh-ed25519" in said.out
    assert "edge-1: recorded\nedge-2: nothing to change\n" in said.out
    assert recorded(site.known, site.node) == (new,)
    assert site.known.read_text().startswith("elsewhere.example ssh-ed25519 QUFBQQ==\n")
    assert run(["site", "trust", str(site.path)]) == 0  # and nobody is asked again


def test_no_other_word_is_agreement(site, monkeypatch):
    before = site.known.read_text()
    type_in(monkeypatch, "yes\n")

    assert run(["site", "trust", str(site.path)]) == 1
    assert site.known.read_text() == before


def test_without_a_terminal_it_is_refused(site, monkeypatch, capsys):
    before = site.known.read_text()
    monkeypatch.setattr(sys, "stdin", io.StringIO("street\n"))

    assert run(["site", "trust", str(site.path)]) == 3
    assert "edge-1: mecctl will trust whoever holds these keys, and there is no terminal" in capsys.readouterr().err
    assert site.known.read_text() == before


def test_yes_is_agreement_and_json_says_what_was_done(site, capsys):
    (old,), (new,) = recorded(site.known, site.node), offered(site.node)

    assert run(["site", "trust", str(site.path), "edge-1", "--yes", "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "site": "street",
        "ok": True,
        "nodes": [
            {
                "name": "edge-1",
                "changed": True,
                "before": [{"type": "ssh-ed25519", "fingerprint": old.fingerprint}],
                "after": [{"type": "ssh-ed25519", "fingerprint": new.fingerprint}],
            }
        ],
        "errors": [],
    }


def test_a_fingerprint_records_that_key_alone(site):
    site.server.keys.append(make_key("rsa"))
    wanted = next(key for key in offered(site.node) if key.type == "ssh-rsa")

    assert run(["site", "trust", str(site.path), "edge-1", "--fingerprint", wanted.fingerprint]) == 0
    assert recorded(site.known, site.node) == (wanted,)


def test_a_fingerprint_that_nobody_offers_records_nothing(site, capsys):
    before = site.known.read_text()
    (new,) = offered(site.node)

    assert run(["site", "trust", str(site.path), "edge-1", "--fingerprint", "SHA256:other"]) == 1
    said = capsys.readouterr().err
    assert "it offers no key of SHA256:other" in said
    assert new.fingerprint in said
    assert site.known.read_text() == before


def test_a_node_that_is_off_is_told_and_the_others_are_recorded(site, capsys):
    site.other.__exit__()

    assert run(["site", "trust", str(site.path), "--yes"]) == 4
    said = capsys.readouterr()
    assert "edge-1: recorded" in said.out
    assert "edge-2 (127.0.0.2:" in said.err
    assert recorded(site.known, site.node) == offered(site.node)


def test_a_node_that_the_site_lacks_is_told(site, capsys):
    assert run(["site", "trust", str(site.path), "edge-9", "--yes"]) == 3
    assert "the site has no edge-9; its nodes are edge-1, edge-2" in capsys.readouterr().err
