"""What to try from inside each slice: pure, from the site file and what the cluster runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mecctl.engine.readiness.verdict import serves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.model import ServicePort, Site, Slice, Workload

Object = dict[str, Any]
Kind = Literal["dns", "answers", "opened", "refused"]


@dataclass(frozen=True)
class Attempt:
    """One thing to try from a pod in `slice`: look `host` up (dns), or connect to `host`:`port` by TCP.

    `peer` names the target for people; `expected` is the address that a name must have. An empty `host` means that the
    cluster doesn't have the target, so there is nothing to try.
    """

    slice: str
    kind: Kind
    peer: str
    host: str
    port: int = 0
    expected: str = ""


@dataclass(frozen=True)
class Running:
    """What the cluster runs, by (namespace, workload): the Service's address and the first ready pod's."""

    services: dict[tuple[str, str], str]
    pods: dict[tuple[str, str], str]

    def elsewhere(self, work: Workload, namespace: str) -> bool:
        """Whether a workload has no pod because it is at another site, with its volumes."""
        return work.carried and (namespace, work.name) not in self.pods


def running(services: list[Object], pods: list[Object]) -> Running:
    """Read Services and Pods as the API lists them."""
    return Running(
        {(s["metadata"]["namespace"], s["metadata"]["name"]): s["spec"].get("clusterIP", "") for s in services},
        {
            (pod["metadata"]["namespace"], pod["metadata"]["labels"].get("app.kubernetes.io/name", "")): address
            for pod in reversed(pods)
            if (address := pod["status"].get("podIP")) and serves(pod)
        },
    )


def targets(site: Site) -> set[tuple[str, str]]:
    """Return the (namespace, workload) of every workload that listens."""
    return {(site.slice(work.slice).namespace, work.name) for work in site.workloads if work.ports}


def attempts(site: Site, found: Running, api: str) -> tuple[Attempt, ...]:
    """Return all that is tried, by Service address and by pod address alike.

    In its own slice every TCP port of a workload answers; from another slice only what a policy opens. What a program
    says to a UDP packet that it doesn't know is its own affair, so nothing is tried there. A slice without workloads
    looks up the API's Service, whose address is `api`.
    """
    openings = set(_openings(site))
    listening = [work for work in site.workloads if work.ports]
    tried: list[Attempt] = []
    for part in site.slices:
        tried += _names(site, part, found, api)
        for work in listening:
            for port in work.tcp_ports:
                kind: Kind = "opened" if (part.name, work.name, port) in openings else "refused"
                tried += _connections(site, part, "answers" if work.slice == part.name else kind, work, port, found)
    return tuple(tried)


def _openings(site: Site) -> Iterator[tuple[str, str, ServicePort]]:
    """Yield (source slice, workload, port) of every opening that the site's policies declare."""
    for policy in site.policies:
        for work in site.workloads:
            for port in policy.opens(work):
                yield policy.source.slice, work.name, port


def _names(site: Site, part: Slice, found: Running, api: str) -> Iterator[Attempt]:
    own = [work.name for work in site.workloads if work.slice == part.name and work.ports]
    for name in own:
        host = f"{name}.{part.namespace}.svc"
        yield Attempt(part.name, "dns", host, host, expected=found.services.get((part.namespace, name), ""))
    if not own:
        yield Attempt(part.name, "dns", "kubernetes.default.svc", "kubernetes.default.svc", expected=api)


def _connections(
    site: Site, part: Slice, kind: Kind, work: Workload, port: ServicePort, found: Running
) -> Iterator[Attempt]:
    key, peer = (site.slice(work.slice).namespace, work.name), f"{work.slice}/{work.name}:{port.port}"
    yield Attempt(part.name, kind, peer, found.services.get(key, ""), port.port)
    if not found.elsewhere(work, key[0]):
        yield Attempt(part.name, kind, f"{peer} (pod)", found.pods.get(key, ""), port.target)
