"""The filters at a pod's host-side device: which should stand there, and making it so."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sliceagent import bpf, traffic
from sliceagent.queues import PLACE, attach
from sliceagent.tree import pod_minor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sliceagent.netlink import Netlink
    from sliceagent.settings import Slice

PREFIX = "mecctl-"
HOOKS = (traffic.INGRESS, traffic.EGRESS)


def wanted(part: Slice, slot: int, pair: int) -> dict[int, bytes]:
    """Return the programs of a pod of the slice, by hook: what leaves the pod comes in at its host-side device."""
    if part.shaped:
        return {
            traffic.INGRESS: bpf.to_queue(pair, pod_minor(slot, 0), inward=True, dscp=part.dscp),
            traffic.EGRESS: bpf.to_queue(pair, pod_minor(slot, 1), inward=False, dscp=None),
        }
    return {traffic.INGRESS: bpf.only_dscp(part.dscp)} if part.dscp is not None else {}


def keep(netlink: Netlink, device: int, slot: int, programs: Mapping[int, bytes], *, hooked: bool) -> bool:
    """Make the programs at a device the wanted ones; True where something wasn't so.

    `hooked` says whether filters can stand there already.
    """
    changed = False
    names = {hook: f"{PREFIX}{pod_minor(slot, 0):04x}-{zlib.crc32(code):08x}" for hook, code in programs.items()}
    if not programs and not hooked:
        return False
    if not hooked:
        traffic.add_hooks(netlink, device)
    for hook in HOOKS:
        found = traffic.filters(netlink, device, hook)
        ours = found.get(PLACE, "").startswith(PREFIX)
        if hook not in names:
            if ours:
                traffic.delete_filter(netlink, device, hook, PLACE)
                changed = True
        elif found.get(PLACE) != names[hook] or next(iter(found)) != PLACE:
            attach(netlink, device, hook, programs[hook], names[hook], instead=PLACE in found)
            changed = True
    return changed


def minor_at(netlink: Netlink, device: int) -> int | None:
    """Return the downlink class that the programs at a device with hooks lead to; None where none of ours are there."""
    for hook in HOOKS:
        name = traffic.filters(netlink, device, hook).get(PLACE, "")
        number = name.removeprefix(PREFIX).partition("-")[0]
        if name.startswith(PREFIX) and len(number) == 4:
            return int(number, 16)
    return None
