"""Whether packets as large as slices declare go through in one piece: the orders, and what answers prove; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.model.guarantee import packet_sizes
from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Site, Slice
    from mecctl.probe.flows import Order


def sizes(site: Site) -> dict[str, list[Order]]:
    """Return the orders of the pod of each slice that declares `maxPacketSize`: one packet there and back a way."""
    declared = {part.name: packet_sizes(part) for part in site.slices}
    return {
        name: [{"id": f"size-{way}", "do": "size", "bytes": size} for way, size in ways.items()]
        for name, ways in declared.items()
        if ways
    }


def size_checks(part: Slice, results: Mapping[str, Mapping[str, Any]]) -> Iterator[Check]:
    """Yield a check for each way; `results` are what the pod said, by the order's id. Sizes are of IP packets."""
    for way, size in packet_sizes(part).items():
        result = results.get(f"size-{way}", {})
        path = f", {result['node']} - {result['peer']}" if result.get("node") else ""
        ok = result.get("carried") is True
        yield Check("packet", part.name, f"{way}{path}", str(size), _said(size, result), "bytes", ok)


def _said(size: int, result: Mapping[str, Any]) -> str:
    if "carried" not in result:
        return f"no result: {result.get('error', 'nothing came back')}"
    if result["carried"]:
        return str(size)
    return str(result["mtu"]) if result["mtu"] < size else "lost on the way"
