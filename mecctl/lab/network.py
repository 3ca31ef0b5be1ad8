"""The lab's network: a bridge in a namespace of its own, a namespace for each node, one interface on the host.

Nothing of it is in the host's own namespace but that one interface, so no firewall, forwarding or bridge setting of the
host touches what nodes say to each other. The gateway is in the lab's namespace, which knows no way out: it answers
everything that isn't in the lab with `unreachable` at once, whatever the host would forward. A node's namespace
outlives its container, so a restart keeps its address.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError
from mecctl.lab import ip
from mecctl.lab.host import exclusive
from mecctl.lab.names import is_namespace_of, link_of
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.lab.layout import Layout
    from mecctl.lab.names import Names

BRIDGE = "lab"
"""The bridge in the lab's namespace that all nodes are on."""
_UPLINK, _NODE = "host", "eth0"
MTU = 1550
"""Bytes: what pods send to another node is wrapped in 50 more, and a slice may ask for Ethernet's full 1500."""
_SYSCTLS = (
    "net.ipv4.ip_forward=1",  # a router without routes says `unreachable`; no router says nothing
    "net.ipv4.icmp_ratelimit=0",  # and says it every time
    "net.bridge.bridge-nf-call-iptables=0",
    "net.bridge.bridge-nf-call-ip6tables=0",
)


def ensure(names: Names, layout: Layout, nodes: Mapping[str, str]) -> None:
    """Make the network complete for `nodes` (name to address); what is there already stays as it is.

    Raises CommandError when the kernel refuses something.
    """
    with exclusive("network"):
        for namespace in (names.lab, *(names.node(node) for node in nodes)):
            if not ip.namespace_is_alive(namespace):
                ip.delete_namespace(namespace)
                ip.add_namespace(namespace)
    _ensure_lab(names, layout)
    for node, address in nodes.items():
        _ensure_node(names, layout, node, address)


def check_route(names: Names, nodes: Mapping[str, str]) -> None:
    """Raise MecctlError when the host would send a node's packets anywhere but into the lab."""
    for node, address in nodes.items():
        device = ip.show("route", "get", address)[0].get("dev")
        if device != names.link:
            raise MecctlError(
                f"this machine reaches {address} through {device}, not through the lab",
                where=node,
                why="a rule or route of the host comes first",
                fix=f"ip rule; ip route get {address}; or give the site's nodes other addresses",
            )


def namespaces(lab_id: str) -> tuple[str, ...]:
    """Return the lab's network namespaces."""
    return tuple(name for name in ip.namespaces() if is_namespace_of(lab_id, name))


def remove(lab_id: str) -> None:
    """Remove the lab's interface and namespaces, with all that is in them."""
    ip.delete_link(link_of(lab_id))
    for namespace in namespaces(lab_id):
        ip.delete_namespace(namespace)


def remove_node(names: Names, node: str) -> None:
    """Remove a node's namespace, and with it its cable to the bridge."""
    ip.delete_namespace(names.node(node))


def _ensure_lab(names: Names, layout: Layout) -> None:
    inside = ip.links(names.lab)
    if BRIDGE not in inside:
        ip.batch([f"link add {BRIDGE} address {mac(names.lab)} type bridge"], names.lab)
    if not _joined(ip.links(), names.link, inside, _UPLINK):
        ip.delete_link(names.link)
        ip.delete_link(_UPLINK, names.lab)
        address = f"address {mac(names.link)}"
        ip.batch([f"link add {names.link} {address} type veth peer name {_UPLINK} netns {names.lab}"])
        run(["ip", "link", "set", names.link, "alias", names.alias])
    ip.batch(
        [
            "link set lo up",
            f"address replace {layout.gateway}/{layout.subnet.prefixlen} dev {BRIDGE}",
            f"link set {_UPLINK} mtu {MTU} master {BRIDGE} up",
            f"link set {BRIDGE} mtu {MTU} up",
        ],
        names.lab,
    )
    run(["ip", "netns", "exec", names.lab, "sysctl", "--quiet", "--ignore", "--write", *_SYSCTLS])
    ip.batch(
        [
            f"link set {names.link} addrgenmode none",  # no IPv6 way between the host and its nodes
            f"address replace {layout.host}/{layout.subnet.prefixlen} dev {names.link}",
            f"link set {names.link} mtu {MTU} up",
        ]
    )


def _ensure_node(names: Names, layout: Layout, node: str, address: str) -> None:
    namespace, port = names.node(node), _port(node)
    if not _joined(ip.links(namespace), _NODE, ip.links(names.lab), port):
        ip.delete_link(_NODE, namespace)
        ip.delete_link(port, names.lab)
        peer = f"peer name {_NODE} address {mac(namespace)} netns {namespace}"
        ip.batch([f"link add {port} type veth {peer}"], names.lab)
    ip.batch([f"link set {port} mtu {MTU} master {BRIDGE} up"], names.lab)
    ip.batch(
        [
            "link set lo up",
            f"address replace {address}/{layout.subnet.prefixlen} dev {_NODE}",
            f"link set {_NODE} mtu {MTU} up",
            f"route replace default via {layout.gateway}",
        ],
        namespace,
    )


def _joined(here: dict[str, dict[str, int]], near: str, there: dict[str, dict[str, int]], far: str) -> bool:
    """Say whether two interfaces are the ends of one cable, and not of two from before and after an accident."""
    return near in here and far in there and here[near].get("link_index") == there[far]["ifindex"]


def _port(node: str) -> str:
    return f"n{hashlib.sha256(node.encode()).hexdigest()[:10]}"


def mac(name: str) -> str:
    """Return the same local unicast MAC address for a name every time: neighbours remember it for a while."""
    digits = f"02{hashlib.sha256(name.encode()).hexdigest()[:10]}"
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
