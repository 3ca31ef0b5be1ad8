"""Who else uses the lab's addresses on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Any

from mecctl.lab import names as naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# A wider route (a VPN's 10.0.0.0/8) gives way to the lab's own and is no reason to refuse; a narrower one is a network.
_WIDEST_NETWORK = 16


@dataclass(frozen=True)
class Conflict:
    """An interface that has the lab's addresses; `lab_id` and `folder` where it is another lab's."""

    interface: str
    what: str
    lab_id: str | None
    folder: str | None

    def __str__(self) -> str:
        return f"{self.what} (the lab of {self.folder})" if self.folder else self.what


def find(
    subnet: IPv4Network,
    own: str,
    links: Mapping[str, Mapping[str, Any]],
    addresses: Iterable[Mapping[str, Any]],
    routes: Iterable[Mapping[str, Any]],
) -> tuple[Conflict, ...]:
    """Return what overlaps `subnet` besides the interface `own`, one for an interface.

    `links` are interfaces by name, `addresses` and `routes` what `ip -json address show` and `ip -json -4 route show`
    print.
    """
    found = {}
    for interface, what in (*_addresses(subnet, addresses), *_routes(subnet, routes)):
        if interface != own and interface not in found:
            lab_id, folder = naming.owner(links.get(interface, {}).get("ifalias", ""))
            found[interface] = Conflict(interface, what, lab_id, folder)
    return tuple(found.values())


def _addresses(subnet: IPv4Network, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for info in row.get("addr_info", ()):
            if info["family"] == "inet":
                interface = IPv4Interface(f"{info['local']}/{info['prefixlen']}")
                if interface.ip in subnet or _takes(interface.network, subnet):
                    yield row["ifname"], f"interface {row['ifname']} has {info['local']}/{info['prefixlen']}"


def _routes(subnet: IPv4Network, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row["dst"] == "default":
            continue
        if _takes(IPv4Network(row["dst"]), subnet):
            device = row.get("dev", row.get("type", "?"))
            yield device, f"a route to {row['dst']} goes to {device}"


def _takes(network: IPv4Network, subnet: IPv4Network) -> bool:
    return network.overlaps(subnet) and network.prefixlen >= _WIDEST_NETWORK
