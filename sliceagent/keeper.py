"""Keeps a node's traffic control in step with its slices and pods; every call changes what isn't as it should be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sliceagent import hooks, links, queues, traffic
from sliceagent.tree import MOST_PODS, classes, pod_slot, slice_minor, slice_slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sliceagent.links import Link
    from sliceagent.netlink import Netlink
    from sliceagent.pods import Pod
    from sliceagent.settings import Settings


class Keeper:
    """What is in place on this node: pods by device, their slots, the slices' slots.

    `drift` counts by namespace how often something of a slice was no longer as it had been put.
    """

    def __init__(self, netlink: Netlink, settings: Settings) -> None:
        self._netlink = netlink
        self._settings = settings
        self._pods: dict[str, Pod] = {}
        self._slots: dict[str, int] = {}
        self._slices: dict[str, int] = {}
        self._placed: set[str] = set()
        self.drift: Counter[str] = Counter()

    def adopt(self, pods: Iterable[Pod]) -> None:
        """Look after these pods, too; what an agent before this one has put in place for them is taken over."""
        found = links.links(self._netlink)
        known = traffic.classes(self._netlink, found[queues.PAIR[0]].index) if queues.PAIR[0] in found else {}
        standing = traffic.disciplines(self._netlink)
        for pod in pods:
            device = pod.device(found)
            if device is None or device.name in self._pods or pod.namespace not in self._settings.slices:
                continue
            self._pods[device.name] = pod
            hooked = traffic.has_hooks(standing.get(device.index, {}))
            minor = hooks.minor_at(self._netlink, device.index) if hooked else None
            slot = pod_slot(minor) if minor is not None else None
            if slot is None or minor not in known or slot in self._slots.values():
                continue
            self._slots[device.name] = slot
            part = slice_slot(known[minor].parent)
            if part is not None and part not in self._slices.values():
                self._slices.setdefault(pod.namespace, part)

    def admit(self, pod: Pod) -> None:
        """Hold a pod that is about to start to its slice's rates; raises LookupError where its device isn't there."""
        found = links.links(self._netlink)
        device = pod.device(found)
        if device is None:
            raise LookupError(f"none of the devices {', '.join(pod.devices) or '-'} is there")
        if pod.namespace in self._settings.slices:
            self._pods[device.name] = pod
            self.keep(device.name)

    def keep(self, only: str | None = None) -> None:
        """Make everything as it should be, at every pod's device or at `only` one's."""
        found = links.links(self._netlink)
        self._forget(found)
        self._place()
        standing = traffic.disciplines(self._netlink)
        pair, mended = self._keep_queues(found, standing)
        for name, pod in self._pods.items() if only is None else [(only, self._pods[only])]:
            programs = hooks.wanted(self._settings.slices[pod.namespace], self._slots[name], pair)
            device = found[name].index
            hooked = traffic.has_hooks(standing.get(device, {}))
            if hooks.keep(self._netlink, device, self._slots[name], programs, hooked=hooked):
                mended.add(name)
        self.drift.update({self._pods[name].namespace for name in mended & self._placed})
        self._placed |= {only} if only else self._pods.keys()

    def leave(self) -> None:
        """Take everything away again."""
        found = links.links(self._netlink)
        standing = traffic.disciplines(self._netlink)
        hooked = {name for name, link in found.items() if traffic.has_hooks(standing.get(link.index, {}))}
        for name in self._pods:
            if name in found:
                hooks.keep(self._netlink, found[name].index, self._slots.get(name, 0), {}, hooked=name in hooked)
        if queues.PAIR[0] in found:
            links.delete(self._netlink, found[queues.PAIR[0]])

    def counters(self) -> dict[tuple[str, str], traffic.Counters]:
        """Return what went through by (namespace, direction)."""
        found = links.links(self._netlink)
        if queues.PAIR[0] not in found:
            return {}
        known = traffic.classes(self._netlink, found[queues.PAIR[0]].index)
        return {
            (namespace, direction): _sum(known, slice_minor(slot, way))
            for namespace, slot in self._slices.items()
            for way, direction in enumerate(("downlink", "uplink"))
        }

    def pods(self) -> Counter[str]:
        """Return how many pods each slice has here, by namespace."""
        return Counter(pod.namespace for pod in self._pods.values())

    def _keep_queues(self, found: Mapping[str, Link], standing: queues.Standing) -> tuple[int, set[str]]:
        """Keep the pair and its classes where any slice is shaped; return its device and the pods it wasn't so for."""
        if not any(part.shaped for part in self._settings.slices.values()):
            return 0, set()
        mtu = max((found[name].mtu for name in self._pods), default=1500)
        near, made = queues.keep_pair(self._netlink, found, standing, mtu)
        shaped = {name for name, pod in self._pods.items() if self._settings.slices[pod.namespace].shaped}
        pods = {self._slots[name]: self._pods[name].namespace for name in shaped}
        wanted = classes(self._settings, self._slices, pods)
        queued = set() if made else traffic.leaves(standing.get(near.index, {}))
        slots = {pod_slot(minor) for minor in queues.keep_classes(self._netlink, near.index, queued, wanted, mtu)}
        return near.index, {name for name in shaped if made or self._slots[name] in slots}

    def _forget(self, found: Mapping[str, Link]) -> None:
        for name in self._pods.keys() - found.keys():
            del self._pods[name]
            self._slots.pop(name, None)
            self._placed.discard(name)

    def _place(self) -> None:
        """Give every shaped slice and every pod a slot of its own; who has one keeps it."""
        for namespace, part in sorted(self._settings.slices.items()):
            if part.shaped and namespace not in self._slices:
                self._slices[namespace] = _free(self._slices.values())
        for name in self._pods:
            if name not in self._slots:
                self._slots[name] = _free(self._slots.values())
                if self._slots[name] > MOST_PODS:
                    raise LookupError(f"more than {MOST_PODS} pods on one node")


def _sum(known: Mapping[int, traffic.Class], minor: int) -> traffic.Counters:
    """Return a slice's counters; what its pods' queues threw away or hold is counted there alone."""
    own = known[minor].counters if minor in known else traffic.Counters()
    pods = [one.counters for one in known.values() if one.parent == minor]
    dropped, waiting = sum(one.dropped for one in pods), sum(one.waiting_bytes for one in pods)
    return traffic.Counters(own.sent_bytes, own.packets, dropped, waiting)


def _free(taken: Iterable[int]) -> int:
    used, slot = set(taken), 0
    while slot in used:
        slot += 1
    return slot
