"""Services and EndpointSlices → zone files (RFC 1035): pure, so what is answered can be read and tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Object = Mapping[str, Any]

SERVICE = "kubernetes.io/service-name"
# Of the zone's own records: how long an answer is kept, and that a name isn't there.
_KEPT = 1


def places(slices: Iterable[Object], nodes: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return, by (namespace, Service), the addresses of the nodes that have a ready pod of it, in order."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in slices:
        about = one["metadata"]
        here = found.setdefault((about["namespace"], about["labels"][SERVICE]), set())
        for endpoint in one.get("endpoints") or ():
            # Absent means ready (kubernetes.io/docs/reference/kubernetes-api, EndpointConditions).
            if endpoint.get("conditions", {}).get("ready", True) and endpoint.get("nodeName") in nodes:
                here.add(nodes[endpoint["nodeName"]])
    return {key: sorted(addresses) for key, addresses in found.items()}


def ports(services: Iterable[Object]) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """Return, by (namespace, Service), its ports as (name, protocol in lower case, port of the nodes)."""
    return {
        (one["metadata"]["namespace"], one["metadata"]["name"]): [
            # Tenants label Services too, also ones that open no port of the nodes.
            (port["name"], port["protocol"].lower(), port["nodePort"])
            for port in one["spec"].get("ports") or ()
            if "nodePort" in port
        ]
        for one in services
    }


def zone(
    origin: str,
    told: Object,
    where: Mapping[tuple[str, str], list[str]],
    doors: Mapping[tuple[str, str], list[tuple[str, str, int]]],
) -> list[str]:
    """Return the records of one zone but its SOA: its name servers, and the names of all who are ready."""
    lines = [f"{origin}. {_KEPT} IN NS ns.{origin}."]
    lines += [f"ns.{origin}. {_KEPT} IN A {address}" for address in told["servers"]]
    for name, target in told["names"].items():
        if f".{name}".endswith(f".{origin}"):
            key = (target["namespace"], target["service"])
            lines += _records(name, target["ttl"], where.get(key, ()), doors.get(key, ()))
    return lines


def with_serial(origin: str, lines: list[str], serial: int) -> str:
    """Return the file's text. CoreDNS reads a file anew when its SOA's serial has changed."""
    soa = f"{origin}. {_KEPT} IN SOA ns.{origin}. hostmaster.{origin}. {serial} 60 10 600 {_KEPT}"
    return "\n".join([soa, *lines, ""])


def _records(name: str, ttl: int, addresses: Iterable[str], doors: Iterable[tuple[str, str, int]]) -> Iterator[str]:
    ready = list(addresses)
    yield from (f"{name}. {ttl} IN A {address}" for address in ready)
    if ready:
        yield from (
            f"_{port}._{protocol}.{name}. {ttl} IN SRV 0 0 {number} {name}." for port, protocol, number in doors
        )
