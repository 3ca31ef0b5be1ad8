"""How large a packet of a slice's pods may be on the way between its machines, against what the slice declares.

A machine that wasn't seen may have any link, so nothing is concluded of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model import places
from mecctl.model.guarantee import packet_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Site
    from mecctl.nodes.facts import Facts


def too_large(site: Site, facts: Mapping[str, Facts]) -> Iterator[tuple[str, str, str]]:
    """Yield field, fault and what is allowed for each slice whose `maxPacketSize` a node's link leaves no room for.

    Sizes are of whole IP packets, in bytes (GSMA NG.116, Maximum supported packet size).
    """
    extra = site.kubernetes.network.overhead
    for index, part in enumerate(site.slices):
        asked = max(packet_sizes(part).values(), default=0)
        for node in places(part, site.nodes, site.slices):
            link = facts[node.name].mtus.get(str(node.address)) if node.name in facts else None
            if link is not None and asked > link - extra:
                what = (
                    f"slice {part.name} asks for packets of {asked} bytes, and its pods on {node.name} can have "
                    f"{link - extra}: the link's MTU is {link}, of which the pod network takes {extra}"
                )
                allowed = (
                    f"at most {link - extra}B (beside nest:, too), or an MTU of {asked + extra} on the nodes' link"
                )
                yield f"spec.slices[{index}].maxPacketSize", what, allowed
