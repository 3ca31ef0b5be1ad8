"""`mecctl slice kubeconfig`: what it asks for, what it prints, and what it refuses."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from mecctl.cli.app import run
from mecctl.cli.slice import TenantRole
from mecctl.cluster.tenants import Tenant
from mecctl.model import TENANT_ROLES

GROUP = "mecctl:slice-1-0000a1:deployer"


@pytest.fixture
def asked(monkeypatch):
    """Give the command a tenant, and keep what it asked for."""
    kept = []

    def invite(_client, _folder, part, role, seconds, who, path):
        kept.append((part.namespace, role, seconds, who, path))
        return Tenant(f"{GROUP}:ann:5eed5eed", GROUP, datetime(2026, 11, 26, 4, 0, tzinfo=UTC), path)

    monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext())
    monkeypatch.setattr("mecctl.cluster.tenants.invite", invite)
    return kept


def test_the_roles_are_the_models():
    assert tuple(role.value for role in TenantRole) == TENANT_ROLES


def test_it_asks_for_little_by_default(site, asked, monkeypatch):
    monkeypatch.setattr("mecctl.cluster.tenants.login", lambda: "bob")

    assert run(["slice", "kubeconfig", str(site), "embb"]) == 0
    path = site / ".mecctl/tenants/embb-viewer.kubeconfig"
    assert asked == [("slice-1-0000a1", "viewer", 28800, "bob", path)]


def test_it_asks_for_what_is_wanted(site, asked, tmp_path, capsys):
    file = tmp_path / "ann"
    options = ["--role", "deployer", "--ttl", "30m", "--user", "ann", "--file", str(file)]

    assert run(["slice", "kubeconfig", str(site), "embb", *options, "-o", "json"]) == 0
    assert asked == [("slice-1-0000a1", "deployer", 1800, "ann", file)]
    assert json.loads(capsys.readouterr().out) == {
        "site": "lab",
        "slice": "embb",
        "ok": True,
        "role": "deployer",
        "user": f"{GROUP}:ann:5eed5eed",
        "group": GROUP,
        "validUntil": "2026-11-26T04:00:00Z",
        "kubeconfig": str(file),
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none"], "there is no slice none; one of: embb, urllc"),
        (["embb", "--ttl", "5m"], "--ttl: '5m' can't be a certificate's time; a number and m, h or d, from 10m to 7d"),
        (["embb", "--ttl", "8"], "--ttl: '8' can't be a certificate's time"),
        (["embb", "--role", "king"], "'king' is not one of"),
        (["embb", "--file", "/nowhere/at/all"], "--file: there is no folder /nowhere/at"),
    ],
)
def test_wrong_input_is_told_before_anybody_is_asked(site, asked, capsys, words, said):
    assert run(["slice", "kubeconfig", str(site), *words]) == 3
    assert said in capsys.readouterr().err
    assert asked == []


def test_a_site_that_is_not_up(site, capsys):
    assert run(["slice", "kubeconfig", str(site), "embb"]) == 4
    assert "mecctl site up lab" in capsys.readouterr().err
