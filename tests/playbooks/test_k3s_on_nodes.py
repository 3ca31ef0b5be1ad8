"""K3s on real nodes, everything but the start: no registry that is reached here has its binary."""

import pytest

from mecctl.nodes import inventory, preflight
from mecctl.nodes.runner import play
from mecctl.plan.progress import Silent
from mecctl.sitefile import load
from tests.support.lab import free_subnet, live_lab

pytestmark = pytest.mark.e2e

SITE = """\
apiVersion: mecctl/v1
kind: Site
metadata: {{name: k3stest}}
spec:
  nodes:
    - {{name: n1, address: {subnet}.11, roles: [server]}}
    - {{name: n2, address: {subnet}.12, roles: [agent], pool: urllc}}
  kubernetes:
    distribution: k3s
    version: v1.36.5+k3s1
    network: {{cni: flannel}}
    hardening: none
    registries: {{mirrors: {{"*": {{endpoint: ["https://registry.site.example:5000"]}}}}}}
    k3s:
      tokenFile: token
      embeddedRegistry: true
      nodeOptions: {{kubelet-arg: [v=2]}}
      kubelet: {{maxPods: 60}}
  lab: {{driver: podman}}
"""

TOKEN = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    path = tmp_path_factory.mktemp("k3s")
    (path / "token").write_text(TOKEN)
    (path / "token").chmod(0o600)
    (path / "site.yaml").write_text(SITE.format(subnet=free_subnet()))
    with live_lab(load(path)) as live:
        live.up()
        yield live


@pytest.fixture(scope="module")
def run(lab):
    """Run a playbook over the nodes of the lab."""
    facts = preflight.look(lab.folder).facts
    hosts = inventory.render(lab.folder, facts, {})
    hosts["all"]["vars"] |= {"k3s_server_running": False, "k3s_agent_running": False}
    known_hosts = lab.folder.resolve(lab.folder.site.spec.access.known_hosts)

    def play_it(playbook, *, check=False):
        return play(playbook, hosts, lab.folder.state, known_hosts, Silent(), check=check)

    return play_it


@pytest.fixture(scope="module")
def first(run):
    return run("site.yml", check=True), run("site.yml")


def on(changes, node):
    return {change for change in changes if change.subject.startswith(f"{node}: ")}


def test_the_server_is_made_as_planned(first):
    planned, made = first

    assert "n1" not in made.failures
    assert on(planned.changes, "n1") == on(made.changes, "n1")


def test_secrets_are_random_private_and_named_by_file(lab, first):
    assert lab.ssh("n1", "stat -c '%a %s' /etc/rancher/k3s/agent-token") == "600 65"
    assert lab.ssh("n1", "stat -c %a /etc/rancher/k3s/config.yaml") == "600"
    assert "agent-token-file: /etc/rancher/k3s/agent-token" in lab.ssh("n1", "cat /etc/rancher/k3s/config.yaml")


def test_a_token_of_the_sites_own_is_on_the_server_and_in_no_record_of_the_run(lab, first):
    assert lab.ssh("n1", "cat /etc/rancher/k3s/token") == TOKEN
    assert lab.ssh("n1", "stat -c %a /etc/rancher/k3s/token") == "600"
    records = [path for path in lab.folder.state.rglob("*") if path.is_file()]
    assert records
    assert [path for path in records if TOKEN in path.read_text(errors="replace")] == []


def test_what_only_this_site_wants_is_on_its_nodes(lab, first):
    for node in ("n1", "n2"):
        assert "registry.site.example" in lab.ssh(node, "cat /etc/rancher/k3s/registries.yaml")
        assert "kubelet-arg+:" in lab.ssh(node, "cat /etc/rancher/k3s/config.yaml.d/20-site.yaml")
        assert "maxPods: 60" in lab.ssh(node, "cat /var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-site.conf")


def test_the_unit_waits_for_the_next_boot(lab, first):
    assert lab.ssh("n1", "systemctl is-enabled k3s.service") == "enabled"
    assert lab.ssh("n1", "systemctl is-active k3s.service", check=False) == "inactive"


def test_the_agent_is_prepared_and_says_what_it_waits_for(lab, first):
    planned, made = first

    assert made.failures["n2"].what == "the server has no token yet"
    assert "pool=urllc" in lab.ssh("n2", "cat /etc/rancher/k3s/config.yaml.d/10-node.yaml")
    waiting = on(planned.changes, "n2") - on(made.changes, "n2")
    assert {change.subject for change in waiting} == {"n2: file /etc/rancher/k3s/token", "n2: unit k3s-agent.service"}


def test_the_token_stays_what_it_is(lab, run, first):
    before = lab.ssh("n1", "cat /etc/rancher/k3s/agent-token")

    assert on(run("site.yml").changes, "n1") == set()
    assert lab.ssh("n1", "cat /etc/rancher/k3s/agent-token") == before


def test_nothing_is_left_when_it_is_taken_off(lab, run, first):
    assert run("reset.yml").failures == {}
    assert run("reset.yml").changes == ()

    for node in ("n1", "n2"):
        left = "ls -d /etc/rancher /var/lib/rancher /etc/systemd/system/k3s* /usr/local/bin/kubectl 2>/dev/null"
        assert lab.ssh(node, left, check=False) == ""
