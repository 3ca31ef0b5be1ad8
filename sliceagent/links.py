"""Network devices of the node (linux/if_link.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sliceagent.netlink import CREATE, EXCLUSIVE, attribute, attributes, text

if TYPE_CHECKING:
    from sliceagent.netlink import Netlink

_NEW, _DELETE, _GET, _SET = 16, 17, 18, 19
_MESSAGE = struct.Struct("=BxHiII")  # family, type, index, flags, change
_NAME, _MTU, _INFO, _SPECIFIC = 3, 4, 18, 26
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1
_INET6, _ADDRESS_MODE, _NO_ADDRESS = 10, 8, b"\1"
_UP = 1


@dataclass(frozen=True)
class Link:
    """One device: its index, its name, its kind (`veth`, empty for hardware) and its MTU in bytes."""

    index: int
    name: str
    kind: str
    mtu: int


def links(netlink: Netlink) -> dict[str, Link]:
    """Return all devices by name."""
    found = {}
    for body in netlink.dump(_GET, _MESSAGE.pack(0, 0, 0, 0, 0)):
        index = _MESSAGE.unpack_from(body)[2]
        about = attributes(body[_MESSAGE.size :])
        kind = text(attributes(about.get(_INFO, b"")).get(_INFO_KIND, b""))
        name = text(about[_NAME])
        found[name] = Link(index, name, kind, struct.unpack("=I", about[_MTU])[0])
    return found


def add_pair(netlink: Netlink, names: tuple[str, str], mtu: int) -> None:
    """Make a pair of veth devices, both up and without an address of their own."""
    other = _MESSAGE.pack(0, 0, 0, 0, 0) + attribute(_NAME, names[1]) + attribute(_MTU, mtu)
    info = attribute(_INFO_KIND, "veth") + attribute(_INFO_DATA, attribute(_VETH_PEER, other))
    body = attribute(_NAME, names[0]) + attribute(_MTU, mtu) + attribute(_INFO, info)
    netlink.change(_NEW, _MESSAGE.pack(0, 0, 0, 0, 0) + body, CREATE | EXCLUSIVE)
    # A link-local address would make the kernel send neighbour discovery through the queues.
    silent = attribute(_SPECIFIC, attribute(_INET6, attribute(_ADDRESS_MODE, _NO_ADDRESS)))
    made = links(netlink)
    for name in names:
        found = made[name].index
        netlink.change(_SET, _MESSAGE.pack(0, 0, found, 0, 0) + silent)
        netlink.change(_SET, _MESSAGE.pack(0, 0, found, _UP, _UP))


def set_mtu(netlink: Netlink, link: Link, mtu: int) -> None:
    """Give a device another MTU."""
    netlink.change(_SET, _MESSAGE.pack(0, 0, link.index, 0, 0) + attribute(_MTU, mtu))


def delete(netlink: Netlink, link: Link) -> None:
    """Remove a device, and with one of a pair the other."""
    netlink.change(_DELETE, _MESSAGE.pack(0, 0, link.index, 0, 0))
