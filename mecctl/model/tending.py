"""Which slices the agent on the nodes looks after, and in what order they take what is left over."""

from mecctl.model.demand import SliceThroughput
from mecctl.model.site import Site
from mecctl.model.slice import Slice

LAST_TURN = 7


def is_shaped(site: Site, part: Slice) -> bool:
    """Whether the slice's packets go through the queues of its nodes.

    They do where it declares a rate. Where another slice is guaranteed one and a node's link speed is declared, all do:
    a guarantee holds only against those who wait their turn.
    """
    guarantees = any(_guaranteed(other.throughput) for other in site.slices)
    return _declares(part.throughput) or (guarantees and any(node.link for node in site.nodes))


def is_tended(site: Site, part: Slice) -> bool:
    """Whether the agent does anything for the slice: hold its rates, or mark its packets with its 5QI's DSCP."""
    return is_shaped(site, part) or part.qos is not None


def turn(part: Slice) -> int:
    """Return who is served first where something is left over: 0 to 7, by the 5QI's priority level (1 to 127)."""
    return (part.qos.priority - 1) * (LAST_TURN + 1) // 127 if part.qos else LAST_TURN


def _rates(throughput: SliceThroughput | None) -> list[int | None]:
    ways = (throughput.downlink, throughput.uplink) if throughput else ()
    return [value for way in ways if way for value in (way.guaranteed, way.maximum, way.per_pod)]


def _declares(throughput: SliceThroughput | None) -> bool:
    return any(value is not None for value in _rates(throughput))


def _guaranteed(throughput: SliceThroughput | None) -> bool:
    ways = (throughput.downlink, throughput.uplink) if throughput else ()
    return any(way is not None and way.guaranteed is not None for way in ways)
