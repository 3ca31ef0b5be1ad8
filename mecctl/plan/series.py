"""A rate over time, held against what a site declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mecctl.model.guarantee import Way


@dataclass(frozen=True)
class Series:
    """What a receiver counted of one slice in each second, in bits per second of IP packets.

    `phase` is `alone`, or `together` with all other slices; `guaranteed` and `maximum` are what the slice declares.
    """

    slice: str
    direction: Way
    phase: Literal["alone", "together"]
    rates: tuple[float, ...]
    guaranteed: int | None
    maximum: int | None
