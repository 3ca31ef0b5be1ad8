"""Checks across nodes, networks and the Kubernetes version."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding
from mecctl.standards import k3s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place
    from mecctl.model import Site
    from mecctl.sitefile.view import View

KUBEADM_MINORS = (36,)
K3S_MINORS = k3s.MINORS
_NODE_PREFIX = 24
_CILIUMS = ("cilium", "wireguard")
_NODES: Place = ("spec", "nodes")
_VERSION: Place = ("spec", "kubernetes", "version")
_NETWORK: Place = ("spec", "kubernetes", "network")


def unique_nodes(view: View) -> Iterator[Finding]:
    """No two nodes share a name or an address."""
    for key in ("name", "address"):
        seen: dict[str, int] = {}
        for index, value in view.nodes.texts(key).items():
            if value in seen:
                what = f"{value} is also the {key} of spec.nodes[{seen[value]}]"
                yield Finding((*_NODES, index, key), what, f"each node has its own {key}")
            seen.setdefault(value, index)


def roles(view: View) -> Iterator[Finding]:
    """There is a server, an odd number of them, and a place for workloads to run."""
    for index, node in view.nodes.valid.items():
        if len(set(node.roles)) != len(node.roles):
            yield Finding((*_NODES, index, "roles"), "a role comes twice", "each role once")
    given = [item.get("roles") if isinstance(item, dict) else None for item in view.nodes.raw]
    known = [role for role in given if isinstance(role, list) and {"server", "agent"}.issuperset(map(str, role))]
    if not given or len(known) < len(given):
        return
    servers = sum("server" in role for role in known)
    if not servers:
        yield Finding(_NODES, "no node has the role server", "at least one: roles: [server]")
    elif servers % 2 == 0 and view.distribution != "kubeadm":
        what = f"{servers} nodes have the role server, and an even number survives no more failures than one less"
        yield Finding(_NODES, what, "1, 3 or 5 servers")
    if view.workloads.raw and not any("agent" in role for role in known):
        what = "there are workloads but no node to run them on"
        yield Finding(_NODES, what, "at least one node with the role agent; a server may have both")


def version(view: View) -> Iterator[Finding]:
    """The version is one of the distribution's, and one that this mecctl knows."""
    if view.version is None or view.distribution not in {"k3s", "kubeadm"}:
        return
    is_k3s = view.distribution == "k3s"
    if ("+k3s" in view.version) != is_k3s:
        example = "v1.36.5+k3s1" if is_k3s else "v1.36.3"
        yield Finding(_VERSION, f"{view.version} isn't a version of {view.distribution}", f"for example {example}")
        return
    major, minor = (int(part) for part in re.findall(r"\d+", view.version)[:2])
    minors = K3S_MINORS if is_k3s else KUBEADM_MINORS
    if major != 1 or minor not in minors:
        known = ", ".join(f"v1.{known}" for known in minors)
        what = f"{view.version} isn't supported under {view.distribution}"
        yield Finding(_VERSION, what, f"a version of {known}")


def network_plugin(view: View) -> Iterator[Finding]:
    """K3s brings flannel; kubeadm gets Cilium."""
    needed = {"k3s": "flannel", "kubeadm": "cilium"}.get(view.distribution or "")
    if view.cni and needed and view.cni != needed:
        what = f"{view.cni} isn't built under {view.distribution}"
        yield Finding((*_NETWORK, "cni"), what, f"write cni: {needed}")


def ipsec(view: View) -> Iterator[Finding]:
    """K3s' flannel has no IPsec any more; Cilium has."""
    if view.cni == "flannel" and view.network and view.network.encryption == "ipsec":
        yield Finding((*_NETWORK, "encryption"), "flannel has no IPsec any more", "write encryption: wireguard")


def ranges(view: View) -> Iterator[Finding]:
    """Pods, Services and nodes have ranges of their own, big enough."""
    if view.network is None:
        return
    pods, services = IPv4Network(view.network.pod_cidr), IPv4Network(view.network.service_cidr)
    if pods.overlaps(services):
        yield Finding((*_NETWORK, "serviceCIDR"), f"{services} overlaps podCIDR {pods}", "two ranges apart")
    if not 12 <= services.prefixlen <= 28:
        yield Finding((*_NETWORK, "serviceCIDR"), f"{services} has the wrong size", "a prefix from /12 to /28")
    room = 2 ** (_NODE_PREFIX - pods.prefixlen) if pods.prefixlen <= _NODE_PREFIX else 0
    if room < len(view.nodes.raw):
        what = f"{pods} holds a /{_NODE_PREFIX} for {room} of the {len(view.nodes.raw)} nodes"
        yield Finding((*_NETWORK, "podCIDR"), what, "a shorter prefix, for example /16")
    for index, node in view.nodes.valid.items():
        for name, network in (("podCIDR", pods), ("serviceCIDR", services)):
            if IPv4Address(node.address) in network:
                place: Place = (*_NODES, index, "address")
                yield Finding(place, f"{node.address} is inside {name} {network}", "an address outside of it")


def lab(view: View) -> Iterator[Finding]:
    """A lab's nodes share one private /24, whose first address is this machine's."""
    if view.lab is None or not view.nodes.valid:
        return
    first = next(iter(view.nodes.valid.values()))
    subnet = IPv4Network(f"{first.address}/{_NODE_PREFIX}", strict=False)
    for index, node in view.nodes.valid.items():
        place: Place = (*_NODES, index, "address")
        address = IPv4Address(node.address)
        if address not in subnet:
            yield Finding(place, f"{address} isn't in {subnet} like {first.name}", "one /24 for all nodes of a lab")
        elif int(address) & 0xFF in {0, 1, 255}:
            yield Finding(place, f"{address} is the lab network's own", f"from {subnet[2]} to {subnet[254]}")
        if not address.is_private:
            yield Finding(place, f"{address} is a public address", "a private one, for example 10.77.0.11")
        if node.port != 22:
            yield Finding((*place[:-1], "port"), "a lab node's SSH answers on port 22", "leave it out")


def lab_machines(view: View) -> Iterator[Finding]:
    """What a lab makes virtual machines of are nodes of the site."""
    if not view.nodes.named:
        return
    for index, name in enumerate(view.lab.machines if view.lab else ()):
        if name not in view.nodes.names:
            allowed = f"one of: {', '.join(sorted(view.nodes.names))}"
            yield Finding(("spec", "lab", "machines", index), f"there is no node {name}", allowed)


def lab_wireguard(view: View) -> Iterator[Finding]:
    """WireGuard in user space is Cilium's, and something to have only where pod traffic is encrypted by WireGuard."""
    network = view.network
    if view.lab and view.lab.userspace_wireguard and network and (network.cni, network.encryption) != _CILIUMS:
        what = f"the pod network is {network.cni} with encryption {network.encryption}"
        yield Finding(
            ("spec", "lab", "userspaceWireguard"), what, "cni: cilium, encryption: wireguard; or leave it out"
        )


def warnings(site: Site) -> Iterator[str]:
    """Yield what is allowed but deserves a second look."""
    if len(site.servers) > 1 and site.kubernetes.endpoint is None:
        first = site.servers[0]
        yield (
            f"no spec.kubernetes.endpoint: every node reaches the API through {first.name} ({first.address}), "
            "and none does while it is away"
        )


CHECKS = (unique_nodes, roles, version, network_plugin, ipsec, ranges, lab, lab_machines, lab_wireguard)
"""Every check of this module."""
