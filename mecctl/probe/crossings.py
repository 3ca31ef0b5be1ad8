"""What to try between the slices and out of them, and what must come of it: pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Literal

from mecctl.probe.attempts import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Site, Slice
    from mecctl.probe.attempts import Running

How = Literal["tcp", "udp", "icmp"]
HOWS: tuple[How, ...] = ("tcp", "udp", "icmp")

LISTENING = 9000
"""TCP and UDP port of the probe's listeners."""
OUTSIDE = "1.1.1.1"
"""An address outside of the site that answers echo requests and TCP port 443. A lab's is its host's."""
BEYOND = "outside of the slices"
"""Who isn't in any slice: the probe's own pod."""


@dataclass(frozen=True)
class Crossing:
    """One thing to try from a pod of `source`, a slice or BEYOND, to `host` (and `port`).

    `open` says what the site file promises; None for what only shows that the target answers anybody at all. `slice` is
    whose promise it is and `peer` what people call the other side. An empty `host` means that the cluster doesn't have
    the target.
    """

    source: str
    slice: str
    peer: str
    how: How
    host: str
    port: int = 0
    open: bool | None = None


@dataclass(frozen=True)
class Ground:
    """The addresses at hand: what the cluster runs, a listener by slice (and BEYOND), and the API's Service."""

    found: Running
    listeners: Mapping[str, str]
    api: str


def crossings(site: Site, ground: Ground) -> tuple[Crossing, ...]:
    """Return all that is tried: every ordered pair of slices, workloads, what isn't a slice, both ways."""
    tried = [one for part in site.slices for one in _from(site, part, ground)]
    return (*tried, *_inwards(site, ground), *_controls(site, ground))


def _from(site: Site, part: Slice, ground: Ground) -> Iterator[Crossing]:
    for target, host in ground.listeners.items():
        for how in HOWS:
            peer = f"{'a pod ' if target == BEYOND else ''}{target}{'' if target == BEYOND else '/probe'} {how}"
            yield Crossing(part.name, part.name, peer, how, host, LISTENING, target == part.name)
    yield from _workloads(site, part, ground)
    for one in _surroundings(site, ground, online="internet" in part.data_network_access):
        yield Crossing(part.name, part.name, one.peer, one.how, one.host, one.port, one.open)


def _workloads(site: Site, part: Slice, ground: Ground) -> Iterator[Crossing]:
    """Yield declared ports by Service and by pod, and echo requests, which no policy opens."""
    for one in attempts(site, ground.found, ground.api):
        if one.slice == part.name and one.kind != "dns":
            yield Crossing(part.name, part.name, f"{one.peer} tcp", "tcp", one.host, one.port, one.kind != "refused")
    for work in site.workloads:
        namespace = site.slice(work.slice).namespace
        if work.ports and not ground.found.elsewhere(work, namespace):
            host = ground.found.pods.get((namespace, work.name), "")
            inside = work.slice == part.name
            yield Crossing(part.name, part.name, f"{work.slice}/{work.name} (pod) icmp", "icmp", host, 0, inside)


def _surroundings(site: Site, ground: Ground, *, online: bool = False) -> Iterator[Crossing]:
    """Yield the API, the nodes and the world; of a slice that may go out, nothing is promised about the nodes."""
    yield Crossing("", "", "the Kubernetes API tcp", "tcp", ground.api, 443, open=False)
    for node in () if online else site.nodes:
        # The one port that answers everybody, whatever the node's own packet filter closes: SSH.
        yield Crossing("", "", f"node {node.name}:{node.port} tcp", "tcp", node.address, node.port, open=False)
        yield Crossing("", "", f"node {node.name} icmp", "icmp", node.address, 0, open=False)
    host = outside(site)
    yield Crossing("", "", f"{host} icmp", "icmp", host, 0, open=online)
    if not site.spec.lab:
        yield Crossing("", "", f"{host}:443 tcp", "tcp", host, 443, open=online)


def _inwards(site: Site, ground: Ground) -> Iterator[Crossing]:
    """Yield what a pod of no slice tries: each slice's probe and workloads."""
    for part in site.slices:
        for how in HOWS:
            host = ground.listeners.get(part.name, "")
            yield Crossing(BEYOND, part.name, f"from {BEYOND} {how}", how, host, LISTENING, open=False)
    for work in site.workloads:
        key = (site.slice(work.slice).namespace, work.name)
        for one in work.tcp_ports:
            ways = (
                (ground.found.services.get(key, ""), one.port, ""),
                (ground.found.pods.get(key, ""), one.target, " (pod)"),
            )
            for host, port, way in ways[:1] if ground.found.elsewhere(work, key[0]) else ways:
                peer = f"from {BEYOND} to {work.name}:{one.port}{way} tcp"
                yield Crossing(BEYOND, work.slice, peer, "tcp", host, port, open=False)


def _controls(site: Site, ground: Ground) -> Iterator[Crossing]:
    """Yield what a pod of no slice reaches, which gives the slices' refusals their meaning."""
    for how in HOWS:
        yield Crossing(BEYOND, "", "", how, ground.listeners.get(BEYOND, ""), LISTENING)
    for one in _surroundings(site, ground):
        yield Crossing(BEYOND, "", one.peer, one.how, one.host, one.port)


def outside(site: Site) -> str:
    """Return an address outside of the site: a lab leads nowhere but to its host, the first of the nodes' network."""
    return str(ip_network(f"{site.servers[0].address}/24", strict=False)[1]) if site.spec.lab else OUTSIDE
