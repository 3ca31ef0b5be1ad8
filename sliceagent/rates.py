"""Rates as the kernel's HTB, TBF and FIFO take them (linux/pkt_sched.h).

Declared rates count IP packets, HTB counts Ethernet frames: its rate is the declared one raised by a full-size packet's
header, and small packets get less than declared, never more. A class is never ahead of its rate by more than 8 ms or
two frames, from its first packet on: enough to make up for a busy processor, and 1.008 of the rate in a second.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from sliceagent.netlink import attribute

NEVER_LESS = 8_000
"""Bits per second that every class gets at least: HTB knows no class without a rate."""
NO_LIMIT = 100_000_000_000
"""Bits per second that stand for a link whose speed isn't known."""
_ETHERNET = 14
_SPEC = struct.Struct("=BBHhHI")  # cell_log, linklayer, overhead, cell_align, mpu, bytes per second
_LINK_ETHERNET = 1
_HTB_PARAMETERS, _HTB_INIT, _HTB_RATE64, _HTB_CEIL64 = 1, 2, 6, 7
_TBF_PARAMETERS, _TBF_RATE64, _TBF_BURST = 1, 4, 6
_TICK_NS = 64
_SECOND_NS = 1_000_000_000
_BURST_NS, _WAIT_NS = 8_000_000, 40_000_000
_LEAST_FRAMES = 128  # fewer, and a flow that begins loses so many at once that it waits for its timer
_SEGMENT_BELOW = 200_000_000
_TRAIN = 65_536


@dataclass(frozen=True)
class Bounds:
    """What an HTB class is held to: bits per second, and its turn (0 first to 7) where something is left over."""

    rate: int
    ceiling: int
    turn: int = 0


def htb_root() -> bytes:
    """Return the options of the root discipline; what has no class goes out at once."""
    return attribute(_HTB_INIT, struct.pack("=IIIII", 3, 10, 0, 0, 0))


def htb_class(bounds: Bounds, mtu: int) -> bytes:
    """Return the options of a class for packets of `mtu` bytes."""
    rate, ceiling = _bytes(bounds.rate, mtu), _bytes(bounds.ceiling, mtu)
    quantum = min(max(2 * (mtu + _ETHERNET), rate // 100), 200_000)
    bursts = _burst(rate, mtu), _burst(ceiling, mtu)
    numbers = struct.pack("=IIIII", *bursts, quantum, 0, bounds.turn)
    wide = attribute(_HTB_RATE64, struct.pack("=Q", rate)) + attribute(_HTB_CEIL64, struct.pack("=Q", ceiling))
    return attribute(_HTB_PARAMETERS, _spec(rate) + _spec(ceiling) + numbers) + wide


def held(options: dict[int, bytes], bounds: Bounds, mtu: int) -> bool:
    """Tell whether a class that the kernel lists has these bounds."""
    listed = options.get(_HTB_PARAMETERS, bytes(44))
    rate, ceiling = (_SPEC.unpack_from(listed, at)[-1] for at in (0, _SPEC.size))
    *_, level, turn = struct.unpack_from("=IIIII", listed, 2 * _SPEC.size)
    wanted = tuple(min(_bytes(bits, mtu), (1 << 32) - 1) for bits in (bounds.rate, bounds.ceiling))
    return (rate, ceiling) == wanted and (level > 0 or turn == bounds.turn)


def leaf(ceiling: int, mtu: int) -> tuple[str, bytes]:
    """Return kind and options of a leaf's discipline; it holds what goes out in 40 ms, or 128 frames.

    A slow leaf cuts the long trains that a pod's TCP hands over (GSO) into packets, which is TBF's doing; its own rate
    is out of reach. At 10 Mbit/s one uncut train of 64 kB would fill 50 ms.
    """
    size = max(_bytes(ceiling, mtu) * _WAIT_NS // _SECOND_NS, _LEAST_FRAMES * (mtu + _ETHERNET))
    if ceiling >= _SEGMENT_BELOW:
        return "bfifo", struct.pack("=I", max(size, 4 * _TRAIN))
    rate, burst = _bytes(NO_LIMIT, mtu), 2 * (mtu + _ETHERNET) - 1
    parameters = _spec(rate) + _spec(0) + struct.pack("=III", size, 0, 0)
    wide = attribute(_TBF_RATE64, struct.pack("=Q", rate)) + attribute(_TBF_BURST, burst)
    return "tbf", attribute(_TBF_PARAMETERS, parameters) + wide


def _bytes(bits: int, mtu: int) -> int:
    """Return bytes of frames a second for bits of IP packets a second."""
    return bits * (mtu + _ETHERNET) // mtu // 8


def _spec(rate: int) -> bytes:
    return _SPEC.pack(0, _LINK_ETHERNET, 0, -1, 0, min(rate, (1 << 32) - 1))


def _burst(rate: int, mtu: int) -> int:
    """Return a burst as HTB wants it: the time that it takes at `rate`, in ticks of 64 ns."""
    size = max(2 * (mtu + _ETHERNET), rate * _BURST_NS // _SECOND_NS)
    return min(size * _SECOND_NS // rate // _TICK_NS, (1 << 32) - 1)
