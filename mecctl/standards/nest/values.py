"""Amounts as the forms write them, to the text of a site file and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mecctl.model.quantity import format_bit_rate, format_duration, parse_bit_rate, parse_duration
from mecctl.model.types import fault, shown

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 10**15


@dataclass(frozen=True)
class Kind:
    """One kind of amount in one unit: `read` makes a site file's value of a form's, `write` a form's of a site file's.

    `read` raises PydanticCustomError for what is no such amount.
    """

    read: Callable[[object], object]
    write: Callable[[Any], object]
    unit: str = ""


def rate(unit: str, bits: int) -> Kind:
    """Bit rates in a unit of `bits` per second: 50000 kbit/s <-> `50Mbps`."""

    def read(value: object) -> str:
        return format_bit_rate(round(_number(value, "a rate", f"a number of {unit}, 0 or more") * bits))

    return Kind(read, lambda text: plain(Decimal(parse_bit_rate(text)) / bits), unit)


def time(unit: str, nanoseconds: int) -> Kind:
    """Times in a unit of `nanoseconds`: 10 ms <-> `10ms`."""

    def read(value: object) -> str:
        return format_duration(round(_number(value, "a time", f"a number of {unit}, over 0") * nanoseconds))

    return Kind(read, lambda text: plain(Decimal(parse_duration(text)) / nanoseconds), unit)


def _size(value: object) -> str:
    return f"{_whole(value, 'a size', 'a whole number of bytes, from 1')}B"


def _count(value: object) -> int:
    return _whole(value, "a count", "a whole number from 1")


def _share(value: object) -> str:
    return f"{_number(value, 'a share', 'a number of percent, over 0 and at most 100').normalize():f}%"


BYTES = Kind(_size, lambda text: int(text.removesuffix("B")), "bytes")
COUNT = Kind(_count, int)
PERCENT = Kind(_share, lambda text: plain(Decimal(text.removesuffix("%"))), "percent")
KILOBITS = rate("kbit/s", 10**3)
MILLISECONDS = time("ms", 10**6)
SECONDS = time("s", 10**9)


def area(value: object) -> str:
    """Return the name of an area. Raises PydanticCustomError for what isn't text with a letter or digit in it."""
    if not isinstance(value, str) or not re.search(r"\w", value):
        raise fault(f"{shown(value)} isn't an area's name", "a name or an ISO 3166-1 alpha-2 country code")
    return value


def plain(number: Decimal) -> int | float:
    """Return a number as JSON writes it best: whole where it is whole."""
    return int(number) if number == int(number) else float(number)


def _number(value: object, what: str, allowed: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not 0 <= value < _MOST:
        raise fault(f"{shown(value)} isn't {what}", allowed)
    return Decimal(str(value))


def _whole(value: object, what: str, allowed: str) -> int:
    number = _number(value, what, allowed)
    if number != int(number) or number < 1:
        raise fault(f"{shown(value)} isn't {what}", allowed)
    return int(number)
