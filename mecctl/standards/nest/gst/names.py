"""The characteristics of the GST by their names in GSMA NG.116, and the units that their amounts may have.

Where the GST has no attribute for what a slice says (its S-NSSAI, a guarantee for each UE, a direction of a delay or
size), a characteristic of our own stands for it, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.standards.nest.table import BOTH
from mecctl.standards.nest.values import BYTES, COUNT, PERCENT, rate, time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.standards.nest.leaves import Leaf
    from mecctl.standards.nest.values import Kind

LIST, VALUES = "serviceSpecCharacteristic", "serviceSpecCharacteristicValue"
SNSSAI = "S-NSSAI"
FIVE_QI = "Slice quality of service parameters: 3GPP 5QI"
ISOLATION_LEVEL = "Isolation level: Isolation"
LOGICAL = "Isolation level: Logical Isolation"
MISSION_CRITICAL = "Mission critical support"
MC_CAPABILITY = "Mission critical support: Mission-critical capability support"
MC_SERVICE = "Mission critical support: Mission-critical service support"
AREA = "Area of Service"
DATA_NETWORK_ACCESS = "Data network access: Data access per data network"


@dataclass(frozen=True)
class Amount:
    """A characteristic that is a number: the values it gives, its type, and its kind by the unit's name in lower case.

    The first unit is the one that is written.
    """

    leaves: tuple[Leaf, ...]
    type: str
    units: Mapping[str, Kind]


_RATES = {
    "kbps": rate("kbps", 10**3),
    "kbit/s": rate("kbit/s", 10**3),
    "bps": rate("bps", 1),
    "mbps": rate("Mbps", 10**6),
    "gbps": rate("Gbps", 10**9),
}
_TIMES = {
    "seconds": time("seconds", 10**9),
    "second": time("seconds", 10**9),
    "s": time("s", 10**9),
    "milliseconds": time("milliseconds", 10**6),
    "millisecond": time("milliseconds", 10**6),
    "ms": time("ms", 10**6),
    "microseconds": time("microseconds", 10**3),
}
_SIZES = {"bytes": BYTES, "byte": BYTES}
_SHARES = {"percent": PERCENT, "percentage": PERCENT, "%": PERCENT}
_COUNTS = {"n/a": COUNT}


def _rate(field: str, way: str, bound: str) -> Amount:
    return Amount(((field, way, bound),), "FLOAT", _RATES)


def _both(field: str, kind: str, units: Mapping[str, Kind]) -> Amount:
    return Amount(tuple((field, way) for way in BOTH), kind, units)


_SLICE, _UE = "throughput per network slice", "maximum throughput per UE"
_DELAY = "Slice quality of service parameters: Packet Delay Budget"
_PACKET = "Maximum supported packet size"
AMOUNTS = {
    "Availability": Amount((("availability",),), "FLOAT", _SHARES),
    f"Downlink {_SLICE}: Guaranteed downlink throughput quota": _rate("throughput", "downlink", "guaranteed"),
    f"Downlink {_SLICE}: Maximum downlink throughput": _rate("throughput", "downlink", "maximum"),
    f"Uplink {_SLICE}: Guaranteed uplink throughput quota": _rate("throughput", "uplink", "guaranteed"),
    f"Uplink {_SLICE}: Maximum uplink throughput": _rate("throughput", "uplink", "maximum"),
    f"Downlink {_UE}: Guaranteed downlink throughput per UE value": _rate("ueThroughput", "downlink", "guaranteed"),
    f"Downlink {_UE}: Maximum downlink throughput per UE value": _rate("ueThroughput", "downlink", "maximum"),
    f"Uplink {_UE}: Guaranteed Uplink Throughput per UE value": _rate("ueThroughput", "uplink", "guaranteed"),
    f"Uplink {_UE}: Maximum Uplink Throughput per UE value": _rate("ueThroughput", "uplink", "maximum"),
    _PACKET: _both("maxPacketSize", "INTEGER", _SIZES),
    f"{_PACKET}: Downlink": Amount((("maxPacketSize", "downlink"),), "INTEGER", _SIZES),
    f"{_PACKET}: Uplink": Amount((("maxPacketSize", "uplink"),), "INTEGER", _SIZES),
    "Maximum number of UEs": Amount((("maxUEs",),), "INTEGER", _COUNTS),
    "Maximum number of PDU sessions": Amount((("maxPDUSessions",),), "INTEGER", _COUNTS),
    _DELAY: _both("latency", "FLOAT", _TIMES),
    f"{_DELAY}: Downlink": Amount((("latency", "downlink"),), "FLOAT", _TIMES),
    f"{_DELAY}: Uplink": Amount((("latency", "uplink"),), "FLOAT", _TIMES),
}
"""Every characteristic that is an amount, by its name."""
KNOWN = (
    *AMOUNTS,
    *(SNSSAI, FIVE_QI, ISOLATION_LEVEL, LOGICAL),
    *(MISSION_CRITICAL, MC_CAPABILITY, MC_SERVICE, AREA, DATA_NETWORK_ACCESS),
)
"""Every characteristic that gives a slice a value."""
OWN = (
    SNSSAI,
    *(name for name in AMOUNTS if ": Guaranteed" in name and "per UE" in name),
    *(name for name in AMOUNTS if name.endswith((": Downlink", ": Uplink"))),
)
"""The characteristics that the GST itself doesn't have."""
