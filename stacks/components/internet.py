"""Lets a slice's pods out to the internet, and to nothing that only looks like it from inside the site."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, collapse_addresses
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from stacks.components.labels import MANAGED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_kubernetes.networking.v1 import NetworkPolicyPeerArgsDict

    from mecctl.model import Site

# Private (RFC 1918), shared by carriers (RFC 6598), this host and link-local, where clouds answer with credentials.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")


@dataclass(frozen=True)
class InternetArgs:
    """The namespace to let out, and the IPv4 ranges that stay closed."""

    namespace: pulumi.Input[str]
    closed: tuple[str, ...]


class Internet(pulumi.ComponentResource):
    """The NetworkPolicy allow-internet of one namespace: out only, and answers to what went out."""

    def __init__(self, name: str, args: InternetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Internet", name, None, opts)
        everywhere: NetworkPolicyPeerArgsDict = {"ip_block": {"cidr": "0.0.0.0/0", "except_": list(args.closed)}}
        NetworkPolicy(
            f"{name}-policy",
            metadata={"name": "allow-internet", "namespace": args.namespace, "labels": MANAGED},
            spec={"pod_selector": {}, "policy_types": ["Egress"], "egress": [{"to": [everywhere]}]},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def not_internet(site: Site) -> tuple[str, ...]:
    """Return the ranges that aren't the internet: private ones, the cluster's own, the nodes and the API."""
    return tuple(map(str, collapse_addresses(_ranges(site))))


def _ranges(site: Site) -> Iterator[IPv4Network]:
    network = site.kubernetes.network
    endpoint = site.kubernetes.api_endpoint(site.servers).partition(":")[0]
    for text in (*_PRIVATE, network.pod_cidr, network.service_cidr, *(node.address for node in site.nodes)):
        yield IPv4Network(text)
    try:
        yield IPv4Network(IPv4Address(endpoint))
    except AddressValueError:
        return  # a name, which leads to a node or to what stands before them
