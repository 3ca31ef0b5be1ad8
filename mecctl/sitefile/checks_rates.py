"""Checks of what slices are promised against the links that have to carry it.

A guarantee is held on each node, for the slice's pods there, so every node's link has to carry the guarantees of all
slices that may be placed on it; the site's line to the outside has to carry each once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model import places
from mecctl.model.guarantee import WAYS, overload, rate
from mecctl.model.quantity import format_bit_rate
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.document import Place
    from mecctl.model import Site, Slice
    from mecctl.model.guarantee import Way
    from mecctl.sitefile.view import View


def links(view: View) -> Iterator[Finding]:
    """A node's link carries what is guaranteed, each way, to all slices that may be placed there."""
    if not view.slices.whole:
        return
    slices = tuple(view.slices.valid.values())
    for index, node in view.nodes.valid.items():
        here = [part for part in slices if places(part, [node], slices)]
        if node.link is not None:
            for way in WAYS:
                place: Place = ("spec", "nodes", index, "link")
                yield from _over(place, here, way, node.link, f"the link of {node.name} carries")


def line(view: View) -> Iterator[Finding]:
    """The site's line to the outside carries what is guaranteed to all slices: out the downlink, in the uplink."""
    if view.uplink is None or not view.slices.whole:
        return
    slices = tuple(view.slices.valid.values())
    place: Place = ("spec", "uplink")
    yield from _over((*place, "egress"), slices, "downlink", view.uplink.egress, "the site's line carries out")
    yield from _over((*place, "ingress"), slices, "uplink", view.uplink.ingress, "the site's line carries in")


def warnings(site: Site) -> Iterator[str]:
    """Yield every maximum that no link can ever reach."""
    for part in site.slices:
        found = [node.link for node in places(part, site.nodes, site.slices)]
        known = [link for link in found if link is not None]
        for way in WAYS:
            most = rate(part, way, "maximum")
            if most is not None and known and len(known) == len(found) and most > max(known):
                yield (
                    f"slice {part.name}: its maximum {way} {format_bit_rate(most)} can't be reached: the fastest link "
                    f"of its nodes carries {format_bit_rate(max(known))}"
                )


def _over(place: Place, slices: Iterable[Slice], way: Way, link: int, said: str) -> Iterator[Finding]:
    if found := overload(slices, way, link):
        carries = format_bit_rate(link)
        allowed = f"guarantees of at most {carries} together, or a faster link"
        yield Finding(place, f"{found}; {said} {carries}", allowed)


CHECKS = (links, line)
"""Every check of this module."""
