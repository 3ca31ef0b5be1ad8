"""Checks of names: the site's own, its peers', and the ones that workloads ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.sitefile.view import View

CLUSTER = "cluster.local"


def addresses(view: View) -> Iterator[Finding]:
    """The domain isn't the cluster's, and who answers outside are nodes, each once."""
    if view.discovery is None:
        return
    place = ("spec", "platform", "discovery")
    if _overlap(view.discovery.domain, CLUSTER):
        yield Finding((*place, "domain"), f"{CLUSTER} is the cluster's own domain", "another domain")
    nodes = {known: node.name for node in view.nodes.valid.values() for known in (node.name, str(node.address))}
    seen: set[str] = set()
    for index, given in enumerate(view.discovery.addresses):
        at = (*place, "addresses", index)
        if given not in nodes and view.nodes.whole:
            yield Finding(at, f"no node is called {given} or has it as its address", f"one of: {', '.join(nodes)}")
        elif nodes.get(given, given) in seen:
            yield Finding(at, f"{nodes.get(given, given)} is there already", "each node once")
        seen.add(nodes.get(given, given))


def peers(view: View) -> Iterator[Finding]:
    """Every peer has names and addresses of its own, so that no question comes back to the site that asked it."""
    taken = {CLUSTER: "the cluster"}
    if view.discovery:
        taken[view.discovery.domain] = "this site"
    own = {str(node.address): node.name for node in view.nodes.valid.values()}
    names: set[str] = set()
    for index, peer in view.peers.valid.items():
        place = ("spec", "peers", index)
        if peer.name in names:
            yield Finding((*place, "name"), f"{peer.name} is there already", "each peer once")
        for domain, whose in taken.items():
            if _overlap(peer.domain, domain):
                what = f"{peer.domain} overlaps with {domain} of {whose}: a question could go round in circles"
                yield Finding((*place, "domain"), what, "a domain that neither holds nor is held by another")
        for at, address in enumerate(peer.addresses):
            if address in own:
                what = f"{address} is this site's own node {own[address]}: a question would come back"
                yield Finding((*place, "addresses", at), what, "an address of the other site")
        names.add(peer.name)
        taken.setdefault(peer.domain, peer.name)


def names(view: View) -> Iterator[Finding]:
    """No name stands for two workloads, and who is to be found has names and ports."""
    domain = view.discovery.domain if view.discovery else None
    taken = {
        f"{work.name}.{work.slice}.{domain}": work.name for work in view.workloads.valid.values() if domain is not None
    }
    asked = [(i, work) for i, work in view.workloads.valid.items() if work.dns or work.outside]
    for index, work in asked:
        place = ("spec", "workloads", index)
        first = "dns" if work.dns else "outside"
        if domain is None:
            yield Finding((*place, first), "the site makes no names", "platform: {discovery: {domain: …}} as well")
        if not work.ports:
            yield Finding((*place, first), f"{work.name} has no ports to connect to", "ports: as well")
        if work.outside and view.discovery and not view.discovery.addresses:
            allowed = "platform: {discovery: {addresses: […]}} as well"
            yield Finding((*place, "outside"), "the site answers nobody outside", allowed)
        for at, record in enumerate(work.dns):
            yield from _name(view, (*place, "dns", at, "name"), record.name, taken)
            taken.setdefault(record.name, work.name)


def _name(view: View, place: tuple[str | int, ...], name: str, taken: dict[str, str]) -> Iterator[Finding]:
    if name in taken:
        yield Finding(place, f"{name} is a name of {taken[name]} already", "a name that nothing else has")
    for domain, whose in ((CLUSTER, "the cluster"), *((p.domain, p.name) for p in view.peers.valid.values())):
        if _within(name, domain):
            yield Finding(place, f"{name} is {whose}'s to give", f"a name that isn't in {domain}")


def _within(name: str, domain: str) -> bool:
    return f".{name}".endswith(f".{domain}")


def _overlap(one: str, other: str) -> bool:
    return _within(one, other) or _within(other, one)


CHECKS = (addresses, peers, names)
"""Every check of this module."""
