"""The node's packet filter as nft and the kernel take it, role by role and distribution by distribution."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.playbooks.test_roles import NODE, SITE, declared
from tests.support.netns import in_netns, pod

pytestmark = pytest.mark.usefixtures("plugins")

GOLDEN = Path(__file__).parent / "data"
AGENT = {"inventory_hostname": "edge-4", "node_address": "10.0.0.4", "ansible_port": 22}
K3S = {"site_distribution": "k3s", "site_cni": "flannel"}
PLAIN: dict[str, Any] = {"site_tended": [], "site_open_ports": []}
CASES: dict[str, dict[str, Any]] = {
    "kubeadm-server": {},
    "kubeadm-single-server": {"site_servers": ["10.0.0.1"], **PLAIN},
    "kubeadm-agent": AGENT,
    "k3s-server": K3S,
    "k3s-agent": {**K3S, **AGENT, **PLAIN},
}


def ruleset(case):
    return declared("harden", {**SITE, **NODE, **CASES[case]})["firewall"]["ruleset"]


def nft(*words, stdin=""):
    return subprocess.run(["nft", *words], input=stdin, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("case", CASES)
def test_a_ruleset_is_what_its_golden_file_says(case):
    golden = GOLDEN / f"{case}.nft"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(ruleset(case))

    assert ruleset(case) == golden.read_text()


@pytest.mark.parametrize("case", CASES)
@in_netns
def test_it_loads_over_itself_and_is_listed_the_same_each_time(case):
    """What was loaded is known again by its listing; that holds only if the listing depends on nothing else."""
    nft("--check", "--file", "-", stdin=ruleset(case))
    listed = set()
    for _ in range(5):
        nft("--file", "-", stdin=ruleset(case))
        listed.add(nft("--stateless", "list", "table", "inet", "mecctl"))

    assert len(listed) == 1
    (text,) = listed
    nft("--file", "-", stdin=f"table inet mecctl\ndelete table inet mecctl\n{text}")
    assert nft("--stateless", "list", "table", "inet", "mecctl") == text


CONNECT = """
import selectors, socket, sys
host, *ports = sys.argv[1:]
answers = selectors.DefaultSelector()
for port in ports:
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex((host, int(port)))
    answers.register(one, selectors.EVENT_WRITE, port)
while ready := answers.select(0.5):
    for key, _ in ready:
        print(key.data)
        answers.unregister(key.fileobj)
"""


@in_netns
def test_a_node_passes_its_ports_and_drops_the_rest():
    """Refused is passed: a packet to a port where nobody listens is answered only if it came in."""
    where = {"node_address": "10.9.1.1", "site_servers": ["10.9.1.1", "10.9.9.1"], "site_pod_cidr": "10.9.3.0/24"}
    site = {"site_node_addresses": ["10.9.1.1", "10.9.2.2"], "site_open_ports": [], "ansible_port": 22}
    text = declared("harden", {**SITE, **NODE, **where, **site})["firewall"]["ruleset"]
    nft("--file", "-", stdin=text)

    found = {}
    for number, who in enumerate(("stranger", "node", "pod"), 1):
        with pod(f"v{number}", number) as inside:
            words = [*inside, "python3", "-c", CONNECT, f"10.9.{number}.1"]
            ports = ["22", "80", "2379", "4240", "6443", "9477", "10250"]
            found[who] = set(
                subprocess.run([*words, *ports], capture_output=True, text=True, check=True).stdout.split()
            )

    assert found == {"stranger": {"22", "6443"}, "node": {"22", "6443", "4240", "9477"}, "pod": {"22", "6443", "9477"}}
    lo = 'import socket; s = socket.create_server(("127.0.0.1", 80)); socket.create_connection(("127.0.0.1", 80))'
    subprocess.run(["python3", "-c", lo], check=True)
