"""Which nodes answer clients outside the site, and to whom."""

from mecctl.model.node import Node
from mecctl.model.site import Site
from mecctl.model.system import OpenPort

DNS_PORT = 53


def name_servers(site: Site) -> tuple[Node, ...]:
    """Return the nodes that answer clients outside; none where no workload is for anybody outside."""
    if site.discovery is None or not any(work.outside for work in site.workloads):
        return ()
    return tuple(node for node in site.nodes if {node.name, str(node.address)} & set(site.discovery.addresses))


def name_ports(site: Site, node: Node) -> tuple[OpenPort, ...]:
    """Return what a node's packet filter lets in for that: DNS over UDP and TCP, from those who may ask."""
    if node not in name_servers(site):
        return ()
    ranges = dict.fromkeys(one for work in site.workloads for one in work.outside)
    return tuple(
        OpenPort.model_validate({"port": DNS_PORT, "protocol": protocol, "from": one})
        for one in ranges
        for protocol in ("udp", "tcp")
    )
