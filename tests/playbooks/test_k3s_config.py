"""What K3s is given: its version's options, equal where they must be, and units that systemd has nothing against."""

import json
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError

from mecctl.standards import k3s
from tests.playbooks.test_roles import GOLDEN, NODE, SITE, declared

pytestmark = pytest.mark.usefixtures("plugins")

CONFIG = "/etc/rancher/k3s/config.yaml"
GOLDEN_K3S = sorted(path.name for path in GOLDEN.glob("k3s_*.json"))
LETTER = {"site_version": "v1.36.5+k3s1"}
SETTINGS: dict[str, Any] = SITE["site_k3s"]  # type: ignore[assignment]


def files(state):
    return {file["path"]: file["content"] for file in state["files"] if "content" in file}


def configuration(state):
    """All of K3s' configuration files as it reads them, one after the other."""
    read: dict[str, Any] = {}
    for path, content in sorted(files(state).items(), key=lambda item: item[0] != CONFIG):
        if path.startswith("/etc/rancher/k3s/config.yaml"):
            read |= yaml.safe_load(content)
    return read


@pytest.mark.parametrize("minor", k3s.MINORS)
@pytest.mark.parametrize("name", GOLDEN_K3S)
def test_every_option_that_is_rendered_is_one_of_every_minor(name, minor):
    role = "server" if name.startswith("k3s_server") else "agent"
    rendered = configuration(json.loads((GOLDEN / name).read_text()))

    assert rendered
    assert list(k3s.refused(rendered, f"v1.{minor}.1+k3s1", role)) == []


@pytest.mark.parametrize(
    ("role", "given", "said"),
    [
        ("k3s_server", {"write-kubeconfig-name": "street"}, "K3s v1.36 doesn't know write-kubeconfig-name"),
        ("k3s_agent", {"cluster-init": True}, "cluster-init is an option of servers"),
        ("k3s_agent", {"no-flannel": True}, "no K3s from v1.34 on knows no-flannel any more"),
    ],
)
def test_an_option_that_is_none_stops_before_anything_is_sent(role, given, said):
    settings = {**SETTINGS, "server_config": given, "node_config": given}

    with pytest.raises(AnsibleError, match=said):
        declared(role, {**SITE, **NODE, **LETTER, "site_k3s": settings})


def test_what_must_be_equal_on_all_servers_is():
    settings = {**SETTINGS, "disable": ["traefik"], "embedded_registry": True}
    first = {**SITE, **NODE, **LETTER, "site_k3s": settings}
    others = [
        {**first, "inventory_hostname": f"edge-{i}", "node_address": f"10.0.0.{i}", "node_schedulable": i == 3}
        for i in (2, 3)
    ]
    equal = k3s.equal_on_servers()

    seen = [configuration(declared("k3s_server", one)) for one in (first, *others)]

    shared = [{key: value for key, value in one.items() if key in equal} for one in seen]
    assert shared[0] == shared[1] == shared[2]
    assert {"cluster-cidr", "service-cidr", "flannel-backend", "secrets-encryption", "disable"} <= set(shared[0])
    assert [one.get("cluster-init") for one in seen] == [True, None, None]
    assert {one.get("server") for one in seen[1:]} == {"https://10.0.0.1:6443"}


def test_no_configuration_holds_a_secret():
    for name in GOLDEN_K3S:
        assert not {"token", "agent-token"} & set(configuration(json.loads((GOLDEN / name).read_text())))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze comes with systemd")
@pytest.mark.parametrize(("role", "unit"), [("k3s_server", "k3s.service"), ("k3s_agent", "k3s-agent.service")])
@pytest.mark.parametrize("case", ["server", "server-in-a-container"])
def test_systemd_has_nothing_against_the_units(tmp_path, role, unit, case):
    content = files(json.loads((GOLDEN / f"{role}.{case}.json").read_text()))[f"/etc/systemd/system/{unit}"]
    program = tmp_path / "k3s"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / unit).write_text(content.replace("/usr/local/bin/k3s", str(program)))

    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
