"""The lab's addresses, taken from the site's nodes."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from mecctl.errors import InputError, Problem
from mecctl.lab.vms.hardware import HARDWARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.model import Node, Site
    from mecctl.sitefile import SiteFolder

_PREFIX = 24
_GATEWAY, _HOST = 1, 254
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Layout:
    """The lab's network: one /24 that holds every node."""

    subnet: IPv4Network

    @property
    def gateway(self) -> IPv4Address:
        """The nodes' default route and name server: it answers everything with `unreachable` at once."""
        return self.subnet[_GATEWAY]

    @property
    def host(self) -> IPv4Address:
        """This machine's own address in the lab."""
        return self.subnet[_HOST]


def host_arch() -> str:
    """Return this machine's architecture as Go and Debian name it."""
    machine = platform.machine()
    return _MACHINES.get(machine, machine)


def layout(folder: SiteFolder) -> Layout:
    """Return the lab's network; raises InputError with everything in the site that a lab on this machine can't be."""
    problems = list(_problems(folder.site))
    if problems:
        file = str(folder.path / "site.yaml")
        raise InputError([Problem(file, None, field, what, allowed) for field, what, allowed in problems])
    return Layout(_subnet(folder.site.nodes[0].address))


def machines(site: Site) -> tuple[Node, ...]:
    """Return the nodes of a lab that are virtual machines; the others are containers."""
    lab = site.spec.lab
    if lab is None:
        return ()
    return tuple(node for node in site.nodes if lab.driver == "vagrant" or node.name in lab.machines)


def containers(site: Site) -> tuple[Node, ...]:
    """Return the nodes of a lab that are containers."""
    virtual = {node.name for node in machines(site)}
    return tuple(node for node in site.nodes if node.name not in virtual)


def _subnet(address: str) -> IPv4Network:
    return IPv4Interface(f"{address}/{_PREFIX}").network


def _problems(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield field, what is wrong, what is allowed."""
    if site.spec.lab is None:
        yield (
            "spec.lab",
            "the nodes of this site are machines of their own, not made by mecctl",
            "a site whose nodes are containers on this machine says `lab: {driver: podman}`",
        )
    if site.spec.access.user != "root":
        yield "spec.access.user", f"a lab's nodes have no user {site.spec.access.user}", "root"
    subnet = _subnet(site.nodes[0].address)
    for index, node in enumerate(site.nodes):
        place = f"spec.nodes[{index}]"
        if _subnet(node.address) != subnet:
            yield f"{place}.address", f"{node.address} isn't in {subnet}", f"a lab's nodes share one /{_PREFIX}"
        elif int(IPv4Address(node.address)) & 0xFF in (0, _GATEWAY, _HOST, 255):
            allowed = f"a lab keeps .{_GATEWAY} and .{_HOST} for itself; .2 to .253 are free"
            yield f"{place}.address", f"{node.address} can't be a node's", allowed
        yield from _impossible(site, node, f"{place}.arch")


def _impossible(site: Site, node: Node, place: str) -> Iterator[tuple[str, str, str]]:
    virtual = node in machines(site)
    possible = tuple(HARDWARE) if virtual else (host_arch(),)
    if node.arch not in (None, *possible):
        kind = "a virtual node" if virtual else "a container"
        yield place, f"{kind} can't be {node.arch} on this machine", f"{' or '.join(possible)}, or leave it out"
