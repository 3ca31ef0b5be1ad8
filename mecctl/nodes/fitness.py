"""What keeps a machine from becoming, or staying, a node of its site: faults with their causes and fixes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mecctl.nodes import system
from mecctl.nodes.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.model import Node, Site
    from mecctl.nodes.facts import Facts

GIB = 2**30
MAX_SKEW = 2.0  # seconds; certificates made with a clock further ahead aren't valid yet elsewhere
MIN_KERNEL = (5, 4)
MIN_FREE = 2 * GIB
MIN_FREE_SHARE = 0.15  # the kubelet's default threshold for image space (KubeletConfiguration evictionHard)
AMPLE = 20 * GIB  # however big the disk is, this is room enough
MIN_CORES = 2
MIN_MEMORY = {"server": 1700 * 2**20, "agent": 512 * 2**20}  # kubeadm's own floor; K3s requirements for an agent
_CIPHERS = {
    "wireguard": ("WireGuard", "the module wireguard"),
    "ipsec": ("IPsec by AES-GCM", "the modules xfrm_user, esp4 and gcm"),
}
SERVER_PORTS = (2379, 2380, 6443, 10250, 10257, 10259)
AGENT_PORTS = (10250,)
OURS = frozenset(
    {"kube-apiserver", "kube-controller", "kube-controller-manager", "kube-scheduler", "kubelet", "etcd"}
    | {"kube-proxy", "k3s", "k3s-server", "k3s-agent", "containerd"}
)


def judge(node: Node, seen: Facts, site: Site) -> Iterator[Finding]:
    """Yield the faults of one node of a site, from what was seen of it."""
    yield from machine(node, seen)
    yield from system.faults(node.name, seen.system, site.kubernetes.distribution, site.kubernetes.hardening)
    yield from encryption(node, seen, site)
    yield from architecture(node, seen, site.kubernetes.distribution)
    yield from processors(node, seen, site.kubernetes.distribution)


def machine(node: Node, seen: Facts) -> Iterator[Finding]:
    """Yield what is wrong with a machine, whatever Kubernetes it is to run."""
    yield from _system(node, seen)
    yield from _room(node, seen)
    if abs(seen.clock_skew) > MAX_SKEW:
        ahead = "ahead" if seen.clock_skew > 0 else "behind"
        what = f"its clock is {abs(seen.clock_skew):.0f} s {ahead} of this machine's"
        cause = "certificates made now would not be valid there"
        yield Finding(node.name, "clock", what, cause, "timedatectl set-ntp true")
    for port in SERVER_PORTS if node.is_server else AGENT_PORTS:
        holder = seen.listeners.get(port)
        if holder and holder not in OURS:
            what, cause = f"TCP port {port} is taken", f"{holder} listens on it"
            yield Finding(node.name, "ports", what, cause, f"stop {holder}, or give it another port")


def _system(node: Node, seen: Facts) -> Iterator[Finding]:
    if node.arch and node.arch != seen.arch:
        cause = f"the site file says {node.arch}"
        yield Finding(node.name, "architecture", f"it is {seen.arch}", cause, "correct nodes[].arch")
    if seen.kernel < MIN_KERNEL:
        what = "its kernel is {}.{}".format(*seen.kernel)
        yield Finding(node.name, "kernel", what, "5.4 or newer is needed", "upgrade the system")


def encryption(node: Node, seen: Facts, site: Site) -> Iterator[Finding]:
    """Yield what keeps a node's pod traffic from being encrypted as the site's network wants it."""
    wanted, instead = site.kubernetes.network.encryption, seen.container and site.userspace_wireguard
    if wanted != "none" and not seen.encrypts and not instead:
        name, modules = _CIPHERS[wanted]
        what = f"its kernel has no {name}, which encrypts the traffic between pods"
        cause = f"spec.kubernetes.network.encryption is {wanted}"
        if seen.container:
            cause += ", and a node that is a container has its host's kernel"
        yield Finding(node.name, "encryption", what, cause, f"a kernel with {modules}; or encryption: none")


def architecture(node: Node, seen: Facts, distribution: str) -> Iterator[Finding]:
    """Yield why a machine whose architecture the site file leaves open can't be a node of this `distribution`."""
    if seen.arch == "arm" and distribution == "kubeadm":
        why = "kubeadm isn't built on it, for Cilium has no images"
        yield Finding(node.name, "architecture", "it is 32-bit ARM", why, "distribution: k3s, or a 64-bit machine")


def processors(node: Node, seen: Facts, distribution: str) -> Iterator[Finding]:
    """Yield why a machine with one processor can't be a server under kubeadm (its own check NumCPU)."""
    if distribution == "kubeadm" and node.is_server and seen.cores < MIN_CORES:
        why = f"kubeadm makes no control plane on less than {MIN_CORES}"
        yield Finding(node.name, "processors", "it has one processor", why, "a machine with two; or distribution: k3s")


def _room(node: Node, seen: Facts) -> Iterator[Finding]:
    role = "server" if node.is_server else "agent"
    if seen.memory < MIN_MEMORY[role]:
        had, needed = seen.memory / GIB, MIN_MEMORY[role] / GIB
        yield Finding(node.name, "memory", f"it has {had:.1f} GiB", f"a {role} needs {needed:.1f} GiB", "add memory")
    if seen.disk_free < MIN_FREE or seen.disk_free < min(AMPLE, MIN_FREE_SHARE * seen.disk_size):
        share = seen.disk_free / seen.disk_size
        what = f"{seen.disk_free / GIB:.1f} GiB ({share:.0%}) are free on /var/lib"
        cause = f"2 GiB and {MIN_FREE_SHARE:.0%} are needed, below that pods are evicted"
        yield Finding(node.name, "disk", what, cause, "free space there")


def shared(facts: dict[str, Facts]) -> Iterator[Finding]:
    """Yield what two nodes have alike that each should have to itself."""
    for check, key, fix in (
        ("hostname", "hostname", "hostnamectl set-hostname NAME"),
        ("machine-id", "machine_id", "rm /etc/machine-id && systemd-machine-id-setup, then reboot"),
    ):
        owners: dict[str, list[str]] = defaultdict(list)
        for one in facts.values():
            owners[getattr(one, key)].append(one.node)
        for value, nodes in owners.items():
            for node in nodes[1:]:
                yield Finding(node, check, f"its {check} is also that of {nodes[0]}", f"both say {value!r}", fix)
