"""Where a workload is to be had: every known site's name servers are asked, nearest site first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

from mecctl import dns
from mecctl.model import name_servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mecctl.model import Location, Site

EARTH = 6371.0
"""Its mean radius in kilometres (IUGG)."""
Point = tuple[float, float]
"""Degrees north and east (WGS 84)."""


@dataclass(frozen=True)
class Place:
    """A site that may have it: the whole name there, who answers for it, the ports it declares, where it stands."""

    site: str
    name: str
    servers: tuple[str, ...]
    ports: tuple[str, ...]
    point: Point | None


@dataclass(frozen=True)
class Endpoint:
    """One address of the workload; none, and `reason`, where a site has no ready one or doesn't say."""

    site: str
    name: str
    address: str | None
    ports: tuple[int, ...]
    ready: bool
    reason: str
    kilometres: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as the JSON output has it."""
        return asdict(self)


def places(sites: Iterable[Site], workload: str) -> Iterator[Place]:
    """Yield where a workload of that name may be: sites that declare it, then their peers under the same slice."""
    sites = list(sites)
    own = {site.discovery.domain for site in sites if site.discovery}
    peers = {}
    for site in sites:
        for work in site.workloads:
            if work.name != workload or site.discovery is None:
                continue
            ports = tuple(f"_{port.label}._{port.protocol.lower()}" for port in work.ports)
            servers = tuple(str(node.address) for node in name_servers(site))
            whole = f"{work.name}.{work.slice}.{site.discovery.domain}"
            yield Place(site.name, whole, servers, ports, _point(site.spec.location))
            for peer in site.spec.peers:
                if peer.domain not in own:
                    there = f"{work.name}.{work.slice}.{peer.domain}"
                    peers[there] = Place(peer.name, there, peer.addresses, ports, _point(peer.location))
    yield from peers.values()


def look(found: Iterable[Place], near: Point | None, ask: Callable[..., dns.Answer] = dns.ask) -> list[Endpoint]:
    """Ask for all places at once; nearest to `near` first, those whose place isn't known last."""
    found = list(found)
    with ThreadPoolExecutor(max_workers=max(1, min(16, len(found)))) as pool:
        ends = [one for many in pool.map(lambda place: _endpoints(place, near, ask), found) for one in many]
    return sorted(ends, key=lambda e: (e.kilometres is None, e.kilometres or 0.0, not e.ready, e.site, e.address or ""))


def distance(one: Point, other: Point) -> float:
    """Return the length of the great circle between two points in kilometres (haversine formula)."""
    north, east, north2, east2 = map(radians, (*one, *other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def _endpoints(place: Place, near: Point | None, ask: Callable[..., dns.Answer]) -> list[Endpoint]:
    far = round(distance(near, place.point), 1) if near and place.point else None
    reason = "it answers nobody outside"
    for server in place.servers:
        try:
            answer = ask(server, place.name)
            if not answer.records:
                reason = "no pod of it is ready" if answer.code == dns.NO_SUCH_NAME else answer.said
                continue
            ports = [one[0] for port in place.ports for one in ask(server, f"{port}.{place.name}", dns.SRV).records]
        except (OSError, ValueError) as error:
            reason = f"{server} doesn't answer: {error}"
            continue
        numbers = tuple(port for port in ports if isinstance(port, int))
        return [Endpoint(place.site, place.name, str(one), numbers, True, "", far) for one in answer.records]
    return [Endpoint(place.site, place.name, None, (), False, reason, far)]


def _point(location: Location | None) -> Point | None:
    if location is None or location.latitude is None or location.longitude is None:
        return None
    return location.latitude, location.longitude
