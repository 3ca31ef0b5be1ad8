"""Amounts with their unit: bit rates as 3GPP writes them, times, sizes, shares, CPU and memory as Kubernetes does."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from mecctl.model.types import fault, shown

_BIT_RATE = r"([0-9]{1,15}(?:\.[0-9]{1,12})?) ?(bps|Kbps|Mbps|Gbps|Tbps)"
_BPS = {"bps": 1, "Kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9, "Tbps": 10**12}
_DURATION = r"([0-9]{1,12}(?:\.[0-9]{1,9})?) ?(ns|us|ms|s)"
_NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
_LONGEST = 60 * 10**9
_SECONDS = r"([0-9]{1,4})(s|m)"
_PACKET = r"([0-9]{1,5}) ?B"
_LARGEST = 65535
_PERCENT = r"([0-9]{1,3}(?:\.[0-9]{1,12})?) ?%"
_CPU = r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(m?)"
_MEMORY = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(Ki|Mi|Gi|Ti|k|M|G|T)"
_BYTES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def parse_bit_rate(value: object) -> int:
    """Return bits per second for text such as `50Mbps` or `1.5 Gbps` (3GPP TS 29.571 BitRate; K is 1000).

    Raises PydanticCustomError when the unit is missing or unknown, or when it is not a whole number of bits.
    """
    allowed = "a number and bps, Kbps, Mbps, Gbps or Tbps, for example 50Mbps"
    if not isinstance(value, str):
        raise fault(f"{shown(value)} has no unit", allowed)
    match = re.fullmatch(_BIT_RATE, value)
    if not match:
        unit = value.lstrip("0123456789. ")
        near = next((known for known in _BPS if known.lower() == unit.lower()), None)
        raise fault(f"{shown(value)} isn't a bit rate" + (f" (the unit is written {near})" if near else ""), allowed)
    bits = Decimal(match[1]) * _BPS[match[2]]
    if bits != int(bits):
        raise fault(f"{shown(value)} isn't a whole number of bits per second", allowed)
    return int(bits)


def format_bit_rate(bits: int) -> str:
    """Return `bits` per second in the largest unit that keeps it whole: 50000000 -> `50Mbps`."""
    unit = next((unit for unit, size in reversed(_BPS.items()) if bits and bits % size == 0), "bps")
    return f"{bits // _BPS[unit]}{unit}"


def parse_duration(value: object) -> int:
    """Return nanoseconds for text such as `10ms` or `0.5 s`.

    Raises PydanticCustomError when the unit is missing or unknown, or for a time of nothing or over a minute: no delay
    budget is so long (the longest of TS 23.501 is 500 ms), so its unit is another.
    """
    allowed = "a number and ns, us, ms or s, over 0 and at most 60s, for example 10ms"
    if isinstance(value, int | float):
        raise fault(f"{shown(value)} has no unit", allowed)
    match = re.fullmatch(_DURATION, value) if isinstance(value, str) else None
    if not match:
        raise fault(f"{shown(value)} isn't a time", allowed)
    nanoseconds = Decimal(match[1]) * _NANOSECONDS[match[2]]
    if nanoseconds != int(nanoseconds) or not 0 < nanoseconds <= _LONGEST:
        raise fault(f"{shown(value)} can't be a delay", allowed)
    return int(nanoseconds)


def format_duration(nanoseconds: int) -> str:
    """Return a time in the largest unit that keeps it whole: 10000000 -> `10ms`."""
    unit = next((unit for unit, size in reversed(_NANOSECONDS.items()) if nanoseconds % size == 0), "ns")
    return f"{nanoseconds // _NANOSECONDS[unit]}{unit}"


def parse_seconds(value: object) -> int:
    """Return whole seconds for text such as `5s` or `2m`. Raises PydanticCustomError without unit, for 0, over 1 h."""
    match = re.fullmatch(_SECONDS, value) if isinstance(value, str) else None
    seconds = int(match[1]) * (60 if match[2] == "m" else 1) if match else 0
    if not 1 <= seconds <= 3600:
        raise fault(f"{shown(value)} can't be waited for", "whole seconds or minutes up to an hour, for example 5s")
    return seconds


def parse_packet_size(value: object) -> int:
    """Return bytes for text such as `1500B`. Raises PydanticCustomError without unit, for 0, and over 65535."""
    allowed = f"bytes from 1B to {_LARGEST}B, for example 1500B"
    match = re.fullmatch(_PACKET, value) if isinstance(value, str) else None
    if not match or not 1 <= int(match[1]) <= _LARGEST:
        raise fault(f"{shown(value)} isn't a packet's size", allowed)
    return int(match[1])


def parse_percent(value: object) -> Decimal:
    """Return the number before the `%` of text such as `99.9%`. Raises PydanticCustomError for 0 or over 100."""
    match = re.fullmatch(_PERCENT, value) if isinstance(value, str) else None
    share = Decimal(match[1]) if match else Decimal(0)
    if not 0 < share <= 100:
        raise fault(f"{shown(value)} isn't a share", "a number over 0 and at most 100, and %, for example 99.9%")
    return share.normalize()


def parse_cpu(value: object) -> str:
    """Return a CPU amount in Kubernetes' canonical form: `2`, `1.5` and `500m` become `2`, `1500m` and `500m`."""
    allowed = "cores or millicores, for example 2 or 500m"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match = re.fullmatch(_CPU, str(value)) if number or isinstance(value, str) else None
    milli = Decimal(match[1]) * (1 if match[2] else 1000) if match else Decimal(0)
    if milli <= 0 or milli != int(milli):
        raise fault(f"{shown(value)} isn't an amount of CPU", allowed)
    return f"{int(milli) // 1000}" if milli % 1000 == 0 else f"{int(milli)}m"


def parse_memory(value: object) -> str:
    """Return a memory amount in Kubernetes' canonical form: `1024Mi` becomes `1Gi`; the unit family is kept."""
    allowed = "a number and Ki, Mi, Gi, Ti (x1024) or k, M, G, T (x1000), for example 256Mi"
    if isinstance(value, int | float):
        raise fault(f"{shown(value)} has no unit", allowed)
    match = re.fullmatch(_MEMORY, value) if isinstance(value, str) else None
    size = Decimal(match[1]) * _BYTES[match[2]] if match else Decimal(0)
    if not match or size <= 0 or size != int(size):
        raise fault(f"{shown(value)} isn't an amount of memory", allowed)
    family = [(unit, step) for unit, step in _BYTES.items() if unit.endswith("i") == match[2].endswith("i")]
    unit, step = next(((unit, step) for unit, step in reversed(family) if int(size) % step == 0), ("", 1))
    return f"{int(size) // step}{unit}"


def size(quantity: str) -> Decimal:
    """Return an amount as the models keep it in cores or bytes: `500m` is 0.5, `1Ki` is 1024."""
    number = quantity.rstrip("mkKMGTi")
    unit = quantity[len(number) :]
    return Decimal(number) / 1000 if unit == "m" else Decimal(number) * (_BYTES[unit] if unit else 1)


def _schema(pattern: str, example: str, *more: dict[str, Any]) -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^{pattern}$", "examples": [example]}
    return WithJsonSchema({"anyOf": [text, *more]} if more else text)


BitRate = Annotated[
    int,
    BeforeValidator(parse_bit_rate),
    PlainSerializer(format_bit_rate, return_type=str),
    _schema(_BIT_RATE, "50Mbps"),
]
Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    _schema(_DURATION, "10ms"),
]
Seconds = Annotated[
    int,
    BeforeValidator(parse_seconds),
    PlainSerializer(lambda seconds: f"{seconds}s", return_type=str),
    _schema(_SECONDS, "5s"),
]
PacketSize = Annotated[
    int,
    BeforeValidator(parse_packet_size),
    PlainSerializer(lambda size: f"{size}B", return_type=str),
    _schema(_PACKET, "1500B"),
]
Percent = Annotated[
    Decimal,
    BeforeValidator(parse_percent),
    PlainSerializer(lambda share: f"{share:f}%", return_type=str),
    _schema(_PERCENT, "99.9%"),
]
Cpu = Annotated[str, BeforeValidator(parse_cpu), _schema(_CPU, "500m", {"type": "number", "exclusiveMinimum": 0})]
Memory = Annotated[str, BeforeValidator(parse_memory), _schema(_MEMORY, "256Mi")]
