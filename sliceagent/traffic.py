"""Queueing disciplines, classes and filters as the kernel takes and lists them (linux/rtnetlink.h)."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sliceagent.netlink import CREATE, EXCLUSIVE, REPLACE, attribute, attributes, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sliceagent.netlink import Netlink

_NEW_QDISC, _DELETE_QDISC, _GET_QDISC, _NEW_CLASS, _DELETE_CLASS, _GET_CLASS = 36, 37, 38, 40, 41, 42
_NEW_FILTER, _DELETE_FILTER, _GET_FILTER = 44, 45, 46
_MESSAGE = struct.Struct("=BxxxiIII")  # family, ifindex, handle, parent, info
_KIND, _OPTIONS, _STATS = 1, 2, 7
_BASIC, _QUEUE = 1, 3
_ROOT = 0xFFFFFFFF
_CLSACT = 0xFFFFFFF1
INGRESS, EGRESS = 0xFFFFFFF2, 0xFFFFFFF3
"""Where a filter stands on a device: before what comes in, or what goes out, is looked at by anything else."""
_ALL = 0x0300  # ETH_P_ALL as it lies in memory
_FD, _NAME, _FLAGS, _DIRECT_ACTION = 6, 7, 8, 1
HANDLE = 1 << 16
"""Handle 1: of the root discipline."""


@dataclass(frozen=True)
class Counters:
    """What went through a class, and what was thrown away."""

    sent_bytes: int = 0
    packets: int = 0
    dropped: int = 0
    waiting_bytes: int = 0


@dataclass(frozen=True)
class Class:
    """A class as the kernel lists it: its parent's minor number, its options as they lie, its counters."""

    parent: int
    options: dict[int, bytes]
    counters: Counters


def disciplines(netlink: Netlink) -> dict[int, dict[int, str]]:
    """Return what stands on every device: kinds by the parent that they are under.

    The kernel lists all devices or none, so one listing serves for all questions.
    """
    found: dict[int, dict[int, str]] = {}
    for body in netlink.dump(_GET_QDISC, _MESSAGE.pack(0, 0, 0, 0, 0)):
        _, device, _, parent, _ = _MESSAGE.unpack_from(body)
        found.setdefault(device, {})[parent] = text(attributes(body[_MESSAGE.size :])[_KIND])
    return found


def root_kind(standing: Mapping[int, str]) -> str:
    """Return the kind of a device's root discipline."""
    return standing.get(_ROOT, "")


def has_hooks(standing: Mapping[int, str]) -> bool:
    """Tell whether filters can stand at a device's ingress and egress."""
    return _CLSACT in standing


def leaves(standing: Mapping[int, str]) -> set[int]:
    """Return the minor numbers of a device's classes that have a discipline of their own."""
    return {parent & 0xFFFF for parent in standing if parent >> 16 == 1 and parent & 0xFFFF}


def add_hooks(netlink: Netlink, device: int) -> None:
    """Make a place for filters at a device's ingress and egress; one that is there stays, with what it holds."""
    body = _MESSAGE.pack(0, device, 0xFFFF0000, _CLSACT, 0) + attribute(_KIND, "clsact")
    with suppress(FileExistsError):
        netlink.change(_NEW_QDISC, body, CREATE | EXCLUSIVE)


def put_qdisc(netlink: Netlink, device: int, kind: str, options: bytes, *, handle: int = 0, parent: int = 0) -> None:
    """Make a discipline at the device's root, or under class 1:`parent`."""
    at = HANDLE | parent if parent else _ROOT
    body = _MESSAGE.pack(0, device, handle, at, 0) + attribute(_KIND, kind) + attribute(_OPTIONS, options)
    netlink.change(_NEW_QDISC, body, CREATE | REPLACE)


def put_class(netlink: Netlink, device: int, minor: int, parent: int, options: bytes) -> None:
    """Make or change class 1:`minor` under 1:`parent`, or under the root where that is 0."""
    body = _MESSAGE.pack(0, device, HANDLE | minor, HANDLE | parent, 0)
    netlink.change(_NEW_CLASS, body + attribute(_KIND, "htb") + attribute(_OPTIONS, options), CREATE)


def delete_class(netlink: Netlink, device: int, minor: int) -> None:
    """Remove class 1:`minor`."""
    netlink.change(_DELETE_CLASS, _MESSAGE.pack(0, device, HANDLE | minor, 0, 0))


def classes(netlink: Netlink, device: int) -> dict[int, Class]:
    """Return the device's classes by minor number."""
    found = {}
    for body in netlink.dump(_GET_CLASS, _MESSAGE.pack(0, device, 0, 0, 0)):
        _, _, handle, parent, _ = _MESSAGE.unpack_from(body)
        about = attributes(body[_MESSAGE.size :])
        if text(about.get(_KIND, b"")) == "htb":
            minor, above = handle & 0xFFFF, 0 if parent == _ROOT else parent & 0xFFFF
            found[minor] = Class(above, attributes(about[_OPTIONS]), _counters(about.get(_STATS, b"")))
    return found


def put_filter(netlink: Netlink, device: int, hook: int, place: tuple[int, int], program: int, name: str) -> None:
    """Attach a loaded program; `place` is (preference, handle). At one preference the newest comes first."""
    options = attribute(_FD, program) + attribute(_NAME, name) + attribute(_FLAGS, _DIRECT_ACTION)
    body = _MESSAGE.pack(0, device, place[1], hook, place[0] << 16 | _ALL)
    netlink.change(_NEW_FILTER, body + attribute(_KIND, "bpf") + attribute(_OPTIONS, options), CREATE | EXCLUSIVE)


def delete_filter(netlink: Netlink, device: int, hook: int, place: tuple[int, int]) -> None:
    """Detach the program at `place`."""
    body = _MESSAGE.pack(0, device, place[1], hook, place[0] << 16 | _ALL)
    netlink.change(_DELETE_FILTER, body + attribute(_KIND, "bpf"))


def filters(netlink: Netlink, device: int, hook: int) -> dict[tuple[int, int], str]:
    """Return the names of the programs at a hook by (preference, handle), in the order in which they run."""
    found = {}
    for body in netlink.dump(_GET_FILTER, _MESSAGE.pack(0, device, 0, hook, 0)):
        _, _, handle, _, info = _MESSAGE.unpack_from(body)
        about = attributes(body[_MESSAGE.size :])
        options = attributes(about.get(_OPTIONS, b""))
        if handle and text(about.get(_KIND, b"")) == "bpf":
            found[info >> 16, handle] = text(options.get(_NAME, b""))
    return found


def _counters(stats: bytes) -> Counters:
    parts = attributes(stats)
    sent, packets = struct.unpack_from("=QI", parts.get(_BASIC, bytes(12)))
    _, backlog, dropped = struct.unpack_from("=III", parts.get(_QUEUE, bytes(20)))
    return Counters(sent, packets, dropped, backlog)
