"""The rates that slices are promised, and whether a link carries them together."""

from collections.abc import Iterable
from typing import Literal

from mecctl.model.quantity import format_bit_rate
from mecctl.model.slice import Slice

Way = Literal["downlink", "uplink"]
WAYS: tuple[Way, Way] = ("downlink", "uplink")
Bound = Literal["guaranteed", "maximum", "per_pod"]
BOUNDS: tuple[Bound, Bound, Bound] = ("guaranteed", "maximum", "per_pod")


def rate(part: Slice, way: Way, bound: Bound) -> int | None:
    """Return a bound of the slice's own rate, in bits per second."""
    rates = getattr(part.throughput, way) if part.throughput else None
    found: int | None = getattr(rates, bound) if rates else None
    return found


def packet_sizes(part: Slice) -> dict[Way, int]:
    """Return the largest packets that a slice declares, in bytes, for each way that it does."""
    sizes = part.max_packet_size
    found: dict[Way, int | None] = {way: getattr(sizes, way) for way in WAYS} if sizes else {}
    return {way: size for way, size in found.items() if size is not None}


def overload(slices: Iterable[Slice], way: Way, link: int) -> str | None:
    """Return what the slices are guaranteed in sum and each, where a link of so many bits per second can't carry it."""
    shares = {part.name: found for part in slices if (found := rate(part, way, "guaranteed"))}
    asked = sum(shares.values())
    if asked <= link:
        return None
    named = ", ".join(f"{name} {format_bit_rate(share)}" for name, share in shares.items())
    return f"the slices' guaranteed {way} is {format_bit_rate(asked)} in sum: {named}"
