"""Labs of sites that are peers reach each other: a cable between their routers, and nothing else.

A peer's lab is that of the site of the peer's name in the folder beside this site's. The cable goes with either lab.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mecctl.lab import ip
from mecctl.lab.layout import layout
from mecctl.lab.names import Names
from mecctl.lab.network import MTU
from mecctl.sitefile import SITE_FILE, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.sitefile import SiteFolder


def join(folder: SiteFolder) -> tuple[str, ...]:
    """Lay the cables to all peers' labs that are up, and return these peers' names; what is there stays.

    Raises CommandError when the kernel refuses something.
    """
    own, joined = Names(folder.site.name, folder.path), []
    for peer in _peers(folder):
        other = Names(peer.site.name, peer.path)
        if not ip.namespace_is_alive(other.lab):
            continue
        ends = sorted([(own.id, own.lab, folder), (other.id, other.lab, peer)], key=lambda end: end[0])
        (one_id, here, one), (two_id, there, two) = ends
        cable, subnet = _cable(one_id, two_id)
        if cable not in ip.links(here) or cable not in ip.links(there):
            ip.delete_link(cable, here)
            ip.batch([f"link add {cable} type veth peer name {cable} netns {there}"], here)
        for space, address, gateway, to in ((here, 1, 2, two), (there, 2, 1, one)):
            ip.batch(
                [
                    f"address replace {subnet}.{address}/30 dev {cable}",
                    f"link set {cable} mtu {MTU} up",
                    f"route replace {layout(to).subnet} via {subnet}.{gateway} dev {cable}",
                ],
                space,
            )
        joined.append(peer.site.name)
    return tuple(joined)


def _peers(folder: SiteFolder) -> Iterator[SiteFolder]:
    """Yield the peers beside this site that are labs, too."""
    for peer in folder.site.spec.peers:
        path = folder.path.parent / peer.name
        if (path / SITE_FILE).is_file():
            found = load(path)
            if found.site.spec.lab is not None:
                yield found


def _cable(one: str, two: str) -> tuple[str, str]:
    """Return the name of the cable between two labs, and the first three numbers of its link-local addresses."""
    mark = hashlib.sha256(f"{one}-{two}".encode()).hexdigest()
    return f"j{mark[:10]}", f"169.254.{1 + int(mark[:2], 16) % 254}"
