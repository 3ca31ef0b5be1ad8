"""CAMARA NetworkSliceBooking: a request for a slice, or the answer to one; each amount carries its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError
from mecctl.model.types import shown
from mecctl.standards.nest.values import COUNT, Kind, rate, time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place
    from mecctl.standards.nest.leaves import Leaf
    from mecctl.standards.nest.reading import Reading

FORM = "a CAMARA NetworkSliceBooking"
_PROFILE = "sliceQosProfile"
SIGNS = (_PROFILE,)
RATES = {unit: rate(unit, 1000**step) for step, unit in enumerate(("bps", "kbps", "Mbps", "Gbps", "Tbps"))}
TIMES = {
    unit: time(unit, nanoseconds)
    for unit, nanoseconds in {
        "Nanoseconds": 1,
        "Microseconds": 10**3,
        "Milliseconds": 10**6,
        "Seconds": 10**9,
        "Minutes": 60 * 10**9,
        "Hours": 3600 * 10**9,
        "Days": 86400 * 10**9,
    }.items()
}
AMOUNTS: dict[str, tuple[Leaf, Mapping[str, Kind]]] = {
    "downStreamRatePerDevice": (("ueThroughput", "downlink", "maximum"), RATES),
    "upStreamRatePerDevice": (("ueThroughput", "uplink", "maximum"), RATES),
    "downStreamDelayBudget": (("latency", "downlink"), TIMES),
    "upStreamDelayBudget": (("latency", "uplink"), TIMES),
}
DEVICES = "maxNumOfDevices"
_UNMET = {
    "serviceTime": "a slice is there as long as the site file has it; nothing starts or ends by the clock",
    "serviceArea": "where devices are is the mobile network's to know; the site serves all that reach it",
}
_LEFT = {
    "sink": "no notifications are sent; it is left behind",
    "sinkCredential": "no notifications are sent, and a credential belongs in no annotation: it is left behind",
}


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is a booking."""
    return _PROFILE in data


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read a booking. Raises InputError when its profile isn't an object."""
    profile = data[_PROFILE]
    if not isinstance(profile, dict):
        raise InputError([reading.problem((_PROFILE,), "isn't an object", "the slice's attributes")])
    rest = {key: value for key, value in profile.items() if value is not None}
    if DEVICES in rest:
        reading.take(("maxUEs",), rest.pop(DEVICES), (_PROFILE, DEVICES), COUNT.read)
    for key, (leaf, units) in AMOUNTS.items():
        if key in rest:
            _amount(reading, leaf, (_PROFILE, key), rest.pop(key), units)
    beside = {key: value for key, value in data.items() if key != _PROFILE and value is not None}
    for key, value in {**rest, **beside}.items():
        if why := _UNMET.get(key) or _LEFT.get(key):
            reading.lacks((key,), why)
        if key not in _LEFT:
            reading.carry(key, value)


def _amount(reading: Reading, leaf: Leaf, at: Place, value: object, units: Mapping[str, Kind]) -> None:
    given = value if isinstance(value, dict) else {}
    kind = units.get(unit) if isinstance(unit := given.get("unit"), str) else None
    if not isinstance(value, dict) or set(value) != {"value", "unit"}:
        reading.fault(leaf[0], at, f"{shown(value)} isn't an amount", '{"value": number, "unit": text}')
    elif kind is None:
        reading.fault(leaf[0], (*at, "unit"), f"{shown(unit)} isn't a unit of it", ", ".join(units))
    else:
        reading.take(leaf, value["value"], (*at, "value"), kind.read)
