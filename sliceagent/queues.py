"""Makes the veth pair and its HTB what they are to be, and says how much of it wasn't so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sliceagent import bpf, links, rates, traffic
from sliceagent.tree import pod_slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sliceagent.links import Link
    from sliceagent.netlink import Netlink
    from sliceagent.tree import Wanted

Standing = dict[int, dict[int, str]]
"""Disciplines by device and parent."""
PAIR = ("mec-rate0", "mec-rate1")
PLACE = (1, 2)
"""Preference and handle of every filter here: at Cilium's preference, and added after it, so run before it."""
_TURN = "mecctl-turn"


def keep_pair(netlink: Netlink, found: Mapping[str, Link], standing: Standing, mtu: int) -> tuple[Link, bool]:
    """Return the device whose HTB holds the rates, and whether anything of the pair had to be made."""
    made = PAIR[0] not in found
    if made:
        links.add_pair(netlink, PAIR, mtu)
        found = links.links(netlink)
    near, far = (found[name] for name in PAIR)
    if near.mtu < mtu:
        for end in (near, far):
            links.set_mtu(netlink, end, mtu)
    if not traffic.has_hooks(standing.get(far.index, {})):
        traffic.add_hooks(netlink, far.index)
    there = traffic.filters(netlink, far.index, traffic.INGRESS)
    if there.get(PLACE) != _TURN:
        attach(netlink, far.index, traffic.INGRESS, bpf.turn_back(), _TURN, instead=PLACE in there)
        made = True
    if traffic.root_kind(standing.get(near.index, {})) != "htb":
        traffic.put_qdisc(netlink, near.index, "htb", rates.htb_root(), handle=traffic.HANDLE)
        made = True
    return near, made


def keep_classes(netlink: Netlink, device: int, queued: set[int], wanted: Mapping[int, Wanted], mtu: int) -> set[int]:
    """Make the device's classes the wanted ones; return the minor numbers of those that weren't so.

    `queued` are those that have a discipline of their own.
    """
    found = traffic.classes(netlink, device)
    for minor in sorted(found.keys() - wanted.keys(), reverse=True):  # pods before their slices
        traffic.delete_class(netlink, device, minor)
    mended = set()
    for minor, one in wanted.items():
        there = found.get(minor)
        if there is None or there.parent != one.parent or not rates.held(there.options, one.bounds, mtu):
            if there and there.parent != one.parent:
                traffic.delete_class(netlink, device, minor)
                queued.discard(minor)
            traffic.put_class(netlink, device, minor, one.parent, rates.htb_class(one.bounds, mtu))
            queued.discard(minor)
            mended.add(minor)
        if pod_slot(minor) is not None and minor not in queued:
            kind, options = rates.leaf(one.bounds.ceiling, mtu)
            traffic.put_qdisc(netlink, device, kind, options, parent=minor)
            mended.add(minor)
    return mended


def attach(netlink: Netlink, device: int, hook: int, program: bytes, name: str, *, instead: bool) -> None:
    """Load a program and put it at the hook, `instead` of one that stands there."""
    loaded = bpf.load(program)
    try:
        if instead:
            traffic.delete_filter(netlink, device, hook, PLACE)
        traffic.put_filter(netlink, device, hook, PLACE, loaded, name)
    finally:
        os.close(loaded)
