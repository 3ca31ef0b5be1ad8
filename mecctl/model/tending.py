"""Which slices the agent on the nodes looks after, and in what order they take what is left over."""

from mecctl.model.guarantee import BOUNDS, WAYS, Bound, rate
from mecctl.model.site import Site
from mecctl.model.slice import Slice

LAST_TURN = 7


def is_shaped(site: Site, part: Slice) -> bool:
    """Whether the slice's packets go through the queues of its nodes.

    They do where it declares a rate. Where another slice is guaranteed one and a node's link speed is declared, all do:
    a guarantee holds only against those who wait their turn.
    """
    guarantees = any(_declares(other, "guaranteed") for other in site.slices)
    return _declares(part, *BOUNDS) or (guarantees and any(node.link for node in site.nodes))


def is_tended(site: Site, part: Slice) -> bool:
    """Whether the agent does anything for the slice: hold its rates, or mark its packets with its 5QI's DSCP."""
    return is_shaped(site, part) or part.qos is not None


def turn(part: Slice) -> int:
    """Return who is served first where something is left over: 0 to 7, by the 5QI's priority level (1 to 127)."""
    return (part.qos.priority - 1) * (LAST_TURN + 1) // 127 if part.qos else LAST_TURN


def _declares(part: Slice, *bounds: Bound) -> bool:
    return any(rate(part, way, bound) is not None for way in WAYS for bound in bounds)
