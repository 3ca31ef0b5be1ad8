"""Which HTB classes a node needs for its slices and their pods; pure.

A class a direction at the top (1:1 what leaves pods, 1:2 what reaches them) as fast as the node's link; under it one a
slice, with the slice's guarantee and maximum; under that one a pod. Minor numbers of slices and pods are even for
downlink, odd for uplink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sliceagent.rates import NEVER_LESS, NO_LIMIT, Bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sliceagent.settings import Settings, Slice

TOP = (1, 2)
_SLICES, _PODS = 0x10, 0x1000
MOST_PODS = (0xFFFF - _PODS) // 2


@dataclass(frozen=True)
class Wanted:
    """A class that is to be there, under 1:`parent`."""

    parent: int
    bounds: Bounds


def slice_minor(slot: int, way: int) -> int:
    """Return the minor number of the slice in `slot`; `way` is 0 for downlink, 1 for uplink."""
    return _SLICES + 2 * slot + way


def pod_minor(slot: int, way: int) -> int:
    """Return the minor number of the pod in `slot`; `way` is 0 for downlink, 1 for uplink."""
    return _PODS + 2 * slot + way


def pod_slot(minor: int) -> int | None:
    """Return which slot a pod's minor number belongs to; None where it is no pod's."""
    return (minor - _PODS) // 2 if minor >= _PODS else None


def slice_slot(minor: int) -> int | None:
    """Return which slot a slice's minor number belongs to; None where it is no slice's."""
    return (minor - _SLICES) // 2 if _SLICES <= minor < _PODS else None


def classes(settings: Settings, slices: Mapping[str, int], pods: Mapping[int, str]) -> dict[int, Wanted]:
    """Return all classes by minor number, parents first; `slices` are slots by namespace, `pods` namespaces by slot."""
    link = settings.link or NO_LIMIT
    found = {top: Wanted(0, Bounds(link, link)) for top in TOP}
    for namespace, slot in slices.items():
        for way in (0, 1):
            found[slice_minor(slot, way)] = Wanted(TOP[way], slice_bounds(settings.slices[namespace], way, link))
    for slot, namespace in pods.items():
        part = settings.slices[namespace]
        for way in (0, 1):
            parent = slice_minor(slices[namespace], way)
            found[pod_minor(slot, way)] = Wanted(parent, pod_bounds(part, way, link))
    return found


def slice_bounds(part: Slice, way: int, link: int) -> Bounds:
    """Return what the slice's pods on this node are held to together."""
    rate = (part.downlink, part.uplink)[way]
    ceiling = rate.maximum or link
    return Bounds(min(rate.guaranteed or NEVER_LESS, ceiling), ceiling, part.turn)


def pod_bounds(part: Slice, way: int, link: int) -> Bounds:
    """Return what one pod of the slice is held to."""
    rate = (part.downlink, part.uplink)[way]
    ceiling = min(rate.per_pod or link, rate.maximum or link)
    return Bounds(min(NEVER_LESS, ceiling), ceiling, part.turn)
