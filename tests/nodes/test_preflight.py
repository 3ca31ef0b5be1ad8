from dataclasses import replace

import pytest

from mecctl.errors import MecctlError
from mecctl.model import Lab, Node
from mecctl.nodes import fitness, preflight
from mecctl.nodes.facts import Facts
from mecctl.nodes.fitness import encryption, judge, machine
from mecctl.nodes.system import System
from tests.stacks.rendering import site

SERVER = Node(name="edge-1", address="10.77.0.11", roles=("server",))
AGENT = Node(name="edge-2", address="10.77.0.12", roles=("agent",))
DEBIAN = System("Debian GNU/Linux 12 (bookworm)", "debian", (3, 11))
GOOD = Facts(
    node="edge-1", arch="amd64", kernel=(6, 1), hostname="edge-1", machine_id="a", cores=4, memory=4 * 2**30,
    disk_free=20 * 2**30, disk_size=40 * 2**30, clock_skew=0.1, cgroup="v2", container=False, swap=False,
    raise_limits=True, conntrack_writable=True, encrypts=True, listeners={22: "sshd"}, speeds={}, mtus={},
    system=DEBIAN,
)  # fmt: skip


WIREGUARD = site(
    kubernetes={
        "distribution": "kubeadm",
        "version": "v1.36.3",
        "network": {"cni": "cilium", "encryption": "wireguard"},
    }
)


def test_a_good_machine_has_no_fault():
    assert list(machine(SERVER, GOOD)) == []


@pytest.mark.parametrize(
    ("seen", "check", "says"),
    [
        ({"kernel": (4, 19)}, "kernel", "4.19"),
        ({"memory": 2**30}, "memory", "1.0 GiB"),
        ({"disk_free": 2**30}, "disk", "1.0 GiB"),
        ({"disk_free": 5 * 2**30, "disk_size": 100 * 2**30}, "disk", "(5%)"),
        ({"clock_skew": 3600.0}, "clock", "3600 s ahead"),
        ({"clock_skew": -3.0}, "clock", "3 s behind"),
        ({"listeners": {6443: "nginx"}}, "ports", "TCP port 6443 is taken"),
        ({"listeners": {2379: "python3"}}, "ports", "TCP port 2379 is taken"),
    ],
)
def test_each_fault_is_named_with_its_fix(seen, check, says):
    (finding,) = machine(SERVER, replace(GOOD, **seen))

    assert finding.check == check
    assert says in finding.what
    assert finding.fix
    assert isinstance(finding.as_error(), MecctlError)


@pytest.mark.parametrize("holder", ["kube-apiserver", "k3s-server", "kubelet"])
def test_our_own_listeners_are_no_fault(holder):
    assert list(machine(SERVER, replace(GOOD, listeners={6443: holder}))) == []


def test_a_fault_of_its_system_is_a_finding_of_the_node():
    seen = replace(GOOD, system=replace(DEBIAN, filters=("ufw",)))

    soft = WIREGUARD.kubernetes.model_copy(update={"hardening": "none"})
    spec = WIREGUARD.spec.model_copy(update={"kubernetes": soft})
    (finding,) = judge(SERVER, seen, WIREGUARD.model_copy(update={"spec": spec}))

    assert (finding.node, finding.check, finding.what) == ("edge-1", "firewall", "ufw filters its packets")
    assert list(judge(SERVER, seen, WIREGUARD)) == []


def test_a_small_share_of_a_huge_disk_is_room_enough():
    assert list(machine(SERVER, replace(GOOD, disk_free=30 * 2**30, disk_size=1000 * 2**30))) == []


def test_an_agent_needs_less():
    assert list(machine(AGENT, replace(GOOD, memory=2**30, listeners={6443: "nginx"}))) == []


def test_a_declared_architecture_is_held_against_the_machine():
    (finding,) = machine(SERVER.model_copy(update={"arch": "arm64"}), GOOD)

    assert finding.check == "architecture"


def test_cloned_machines_are_told_apart_or_named():
    facts = {"edge-1": GOOD, "edge-2": replace(GOOD, node="edge-2", hostname="edge-2")}

    (finding,) = fitness.shared(facts)

    assert (finding.node, finding.check) == ("edge-2", "machine-id")
    assert "edge-1" in finding.what


def test_a_kernel_without_wireguard_is_told_only_where_it_is_wanted():
    seen = replace(GOOD, encrypts=False, container=True)

    assert list(encryption(SERVER, seen, site())) == []
    assert list(encryption(SERVER, GOOD, WIREGUARD)) == []
    (finding,) = encryption(SERVER, seen, WIREGUARD)
    assert "its kernel has no WireGuard" in finding.what
    assert "host's kernel" in str(finding.cause)


def test_a_labs_containers_may_encrypt_in_user_space_and_its_machines_may_not():
    spec = WIREGUARD.spec.model_copy(update={"lab": Lab.model_validate({"userspaceWireguard": True})})
    lab = WIREGUARD.model_copy(update={"spec": spec})

    assert list(encryption(SERVER, replace(GOOD, encrypts=False, container=True), lab)) == []
    assert len(list(encryption(SERVER, replace(GOOD, encrypts=False), lab))) == 1


def test_a_kernel_without_ipsec_is_told_with_the_modules_that_it_needs():
    network = WIREGUARD.kubernetes.network.model_copy(update={"encryption": "ipsec"})
    kubernetes = WIREGUARD.kubernetes.model_copy(update={"network": network})
    wanted = WIREGUARD.model_copy(update={"spec": WIREGUARD.spec.model_copy(update={"kubernetes": kubernetes})})

    assert list(encryption(SERVER, GOOD, wanted)) == []
    (finding,) = encryption(SERVER, replace(GOOD, encrypts=False), wanted)
    assert finding.what == "its kernel has no IPsec by AES-GCM, which encrypts the traffic between pods"
    assert "esp4" in str(finding.fix)


@pytest.mark.parametrize("wanted", ["none", "wireguard", "ipsec"])
def test_a_kernel_is_asked_for_a_cipher_only_where_it_is_wanted(folder, monkeypatch, wanted):
    asked = []

    class Connection:
        def __init__(self, _folder, _node):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def run(self, _command, script):
            asked.append(script)
            raise MecctlError("enough")

    network = folder.site.kubernetes.network.model_copy(update={"encryption": wanted})
    kubernetes = folder.site.kubernetes.model_copy(update={"network": network})
    spec = folder.site.spec.model_copy(update={"kubernetes": kubernetes})
    monkeypatch.setattr(preflight, "connect", Connection)
    monkeypatch.setattr(preflight, "check_key", lambda _: None)

    preflight.look(type(folder)(folder.path, folder.site.model_copy(update={"spec": spec})))

    assert {"type wireguard" in script for script in asked} == {wanted == "wireguard"}
    assert {"rfc4106(gcm(aes))" in script for script in asked} == {wanted == "ipsec"}


@pytest.mark.parametrize(
    ("node", "distribution", "faults"), [(SERVER, "kubeadm", 1), (AGENT, "kubeadm", 0), (SERVER, "k3s", 0)]
)
def test_a_server_of_one_processor_can_only_run_k3s(node, distribution, faults):
    found = list(fitness.processors(node, replace(GOOD, cores=1), distribution))

    assert [finding.what for finding in found] == ["it has one processor"] * faults
    assert list(fitness.processors(node, GOOD, distribution)) == []


@pytest.mark.parametrize(("distribution", "faults"), [("kubeadm", 1), ("k3s", 0)])
def test_a_machine_of_32_bits_can_only_run_k3s(distribution, faults):
    found = list(fitness.architecture(SERVER, replace(GOOD, arch="arm"), distribution))

    assert [(one.check, one.what) for one in found] == [("architecture", "it is 32-bit ARM")] * faults
