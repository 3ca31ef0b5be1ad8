"""NESTs as Katana-style slice managers take them: `base_slice_descriptor`, rates in kbit/s, delays in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError
from mecctl.model.types import shown
from mecctl.standards.nest.codes import ISOLATION, MISSION_CRITICAL_SERVICE, code
from mecctl.standards.nest.table import BOTH, Attribute, rates, read_table, write_table
from mecctl.standards.nest.values import BYTES, COUNT, KILOBITS, SECONDS, area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place
    from mecctl.standards.nest.leaves import Leaves
    from mecctl.standards.nest.reading import Reading

FORM = "a Katana NEST"
SIGNS = ("base_slice_descriptor", "slice_descriptor")
_NAMES = ("guaranteed", "maximum")
TABLE = (
    *rates("network_DL_throughput", _NAMES, "throughput", "downlink", KILOBITS),
    *rates("network_UL_throughput", _NAMES, "throughput", "uplink", KILOBITS),
    *rates("ue_DL_throughput", _NAMES, "ueThroughput", "downlink", KILOBITS),
    *rates("ue_UL_throughput", _NAMES, "ueThroughput", "uplink", KILOBITS),
    Attribute(("mtu",), BYTES, tuple(("maxPacketSize", way) for way in BOTH)),
    Attribute(("number_of_terminals",), COUNT, (("maxUEs",),)),
    Attribute(("number_of_connections",), COUNT, (("maxPDUSessions",),)),
)
_BUDGET = "packet_delay_budget"
_LATENCY = tuple(("latency", way) for way in BOTH)
_LATER_ISOLATION = {0: "none", 1: "network-function"}
"""The key `isolation` of v2.3 and later: 0 none, 1 core, 2 RAN, 3 both; the RAN isn't a site's."""


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is such a NEST."""
    return any(sign in data for sign in SIGNS)


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read a NEST. Raises InputError when the descriptor isn't an object."""
    top = next(sign for sign in SIGNS if sign in data)
    if not isinstance(data[top], dict):
        raise InputError([reading.problem((top,), "isn't an object", "the slice's attributes")])
    rest = dict(data[top])
    name = rest.get("base_slice_des_id", rest.get("slice_name"))
    reading.name = name if isinstance(name, str) else None
    if "sst" in rest:
        reading.identity(rest.pop("sst"), rest.pop("sd", None), (top, "sst"))
    read_table(reading, (top,), rest, TABLE)
    _quality(reading, (top, "qos"), rest)
    _isolation(reading, top, rest)
    _mission_critical(reading, top, rest)
    if "coverage" in rest:
        _coverage(reading, (top, "coverage"), rest.pop("coverage"))
    for key, value in [*rest.items(), *((key, value) for key, value in data.items() if key != top)]:
        reading.carry(key, value)


def _quality(reading: Reading, at: Place, rest: dict[str, Any]) -> None:
    """Take 5QIs, and a delay budget that all of them share; what else the flows say is carried."""
    if "qos" not in rest:
        return
    listed = rest["qos"] if isinstance(rest["qos"], list) else [rest["qos"]]
    values = [item.get("qi") if isinstance(item, dict) else None for item in listed]
    reading.take(("qos", "fiveQI"), values[0] if len(values) == 1 else values, at)
    flows = [item for item in listed if isinstance(item, dict)]
    budgets = {repr(flow.get(_BUDGET)) for flow in flows}
    shared = flows[0].get(_BUDGET) if len(budgets) == 1 else None
    if shared is not None:
        for leaf in _LATENCY:
            reading.take(leaf, shared, (*at, 0, _BUDGET), SECONDS.read)
    known = {"qi"} if shared is None else {"qi", _BUDGET}
    if all(set(flow) <= known for flow in flows):
        del rest["qos"]


def _isolation(reading: Reading, top: str, rest: dict[str, Any]) -> None:
    """Take the level of v2.2 (`isolation_level`) or of v2.3 and later (`isolation`)."""
    at: Place = (top, "isolation_level")
    if "isolation_level" in rest:
        level = rest["isolation_level"]
        value = level.get("isolation") if isinstance(level, dict) else level
        reading.choose(("isolation",), value, at, {**ISOLATION, 3: "physical"})
        if not isinstance(level, dict) or set(level) == {"isolation"}:
            del rest["isolation_level"]
    elif rest.get("isolation") in (2, 3):
        reading.lacks((top, "isolation"), "isolation in the RAN (2, 3) is no part of a site")
    elif "isolation" in rest:
        reading.choose(("isolation",), rest.pop("isolation"), (top, "isolation"), _LATER_ISOLATION)


def _mission_critical(reading: Reading, top: str, rest: dict[str, Any]) -> None:
    """Take `{availability, mc_service}`; the services of a slice that isn't mission-critical are only carried."""
    key = "mission_critical_support"
    at: Place = (top, key)
    value = rest.pop(key, None)
    if value is None:
        return
    given = value if isinstance(value, dict) else {"availability": value}
    supported = given.get("availability")
    if not isinstance(supported, bool):
        reading.fault("missionCritical", at, f"availability {shown(supported)} isn't known", "true or false")
        return
    reading.take(("missionCritical", "supported"), supported, at)
    more = {name: item for name, item in given.items() if name != "availability"}
    if supported and "mc_service" in more:
        leaf, services = ("missionCritical", "services"), more.pop("mc_service")
        reading.choose_all(leaf, services, (*at, "mc_service"), MISSION_CRITICAL_SERVICE)
    if more:
        reading.carry(key, more)


def _coverage(reading: Reading, at: Place, value: object) -> None:
    listed = value if isinstance(value, list) else [value]
    if listed:
        reading.take(("coverage",), listed, at, lambda _: [area(item) for item in listed])


def write(name: str, leaves: Leaves) -> dict[str, Any]:
    """Return a NEST of what it has a place for, taking it out of `leaves`."""
    base: dict[str, Any] = {"base_slice_des_id": name, "sst": leaves.pop(("snssai", "sst"))}
    if sd := leaves.pop(("snssai", "sd"), None):
        base["sd"] = sd
    base |= write_table(leaves, TABLE) | _write_quality(leaves) | _write_isolation(leaves)
    if (supported := leaves.pop(("missionCritical", "supported"), None)) is not None:
        services = leaves.pop(("missionCritical", "services"), [])
        codes = {"mc_service": [code(MISSION_CRITICAL_SERVICE, one) for one in services]} if services else {}
        base["mission_critical_support"] = {"availability": supported, **codes}
    if coverage := leaves.pop(("coverage",), None):
        base["coverage"] = coverage
    return {SIGNS[0]: base}


def _write_quality(leaves: Leaves) -> dict[str, Any]:
    five_qi = leaves.pop(("qos", "fiveQI"), None)
    if five_qi is None:
        return {}
    shared = write_table(leaves, [Attribute((_BUDGET,), SECONDS, _LATENCY)])
    return {"qos": [{"qi": value, **shared} for value in (five_qi if isinstance(five_qi, list) else [five_qi])]}


def _write_isolation(leaves: Leaves) -> dict[str, Any]:
    level, later = (code(codes, leaves.get(("isolation",))) for codes in (ISOLATION, _LATER_ISOLATION))
    if level is None and later is None:
        return {}
    del leaves["isolation",]
    return {"isolation": later} if level is None else {"isolation_level": {"isolation": level}}
