"""3GPP TS 28.541 ServiceProfiles: rates in kbit/s, delays in ms, sizes in bytes, availability in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError
from mecctl.model.types import shown
from mecctl.standards.nest.table import Attribute, rates, read_table, write_table
from mecctl.standards.nest.values import BYTES, COUNT, KILOBITS, MILLISECONDS, PERCENT, area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.document import Place
    from mecctl.standards.nest.leaves import Leaves
    from mecctl.standards.nest.reading import Reading

FORM = "a 3GPP TS 28.541 ServiceProfile"
_NAMES = ("guaThpt", "maxThpt")
TABLE = (
    *rates("dLThptPerSlice", _NAMES, "throughput", "downlink", KILOBITS),
    *rates("uLThptPerSlice", _NAMES, "throughput", "uplink", KILOBITS),
    *rates("dLThptPerUE", _NAMES, "ueThroughput", "downlink", KILOBITS),
    *rates("uLThptPerUE", _NAMES, "ueThroughput", "uplink", KILOBITS),
    Attribute(("dLLatency",), MILLISECONDS, (("latency", "downlink"),)),
    Attribute(("uLLatency",), MILLISECONDS, (("latency", "uplink"),)),
    Attribute(("dLMaxPktSize", "maxsize"), BYTES, (("maxPacketSize", "downlink"),)),
    Attribute(("uLMaxPktSize", "maxsize"), BYTES, (("maxPacketSize", "uplink"),)),
    Attribute(("dLMaxPktSize",), BYTES, (("maxPacketSize", "downlink"),)),
    Attribute(("uLMaxPktSize",), BYTES, (("maxPacketSize", "uplink"),)),
    Attribute(("maxNumberofUEs",), COUNT, (("maxUEs",),)),
    Attribute(("maxNumberofPDUSessions", "nOofPDUSessions"), COUNT, (("maxPDUSessions",),)),
    Attribute(("maxNumberofPDUSessions",), COUNT, (("maxPDUSessions",),)),
    Attribute(("availability",), PERCENT, (("availability",),)),
)
ACCESS = {"DIRECT_INTERNET_ACCESS": "internet", "TERM_PVT_NETWORK": "private-network", "LOCAL_TRAFFIC": "local"}
SHARING = {"SHARED": "tenant", "NON_SHARED": "network-function"}
_PLMNS = ("plmnInfoList", "pLMNInfoList")
_SLICES = "sNSSAIList"
_ONLY = {"snssai", "sNSSAI", "sst", "sd"}
_WRAPPERS = ("attributes", "serviceProfileList", "serviceProfile")
SIGNS = ("serviceProfileId", *_PLMNS, _SLICES, "dLThptPerSlice", "uLThptPerSlice", "dLThptPerUE", "uLThptPerUE")


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is a ServiceProfile, or an object around a list of them."""
    if "serviceProfileList" in data or any(sign in data for sign in SIGNS):
        return True
    return any(isinstance(data.get(key), dict) and recognises(data[key]) for key in _WRAPPERS)


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read the ServiceProfile. Raises InputError when there are several, or none."""
    at, profile = _unwrap(reading, (), dict(data))
    rest = {key: value for key, value in profile.items() if value is not None}
    _without_categories(rest)
    name = rest.get("serviceProfileId")
    reading.name = name if isinstance(name, str) else reading.name
    _identity(reading, at, rest)
    read_table(reading, at, rest, TABLE)
    if "networkSliceSharingIndicator" in rest:
        value = rest.pop("networkSliceSharingIndicator")
        reading.choose(("isolation",), value, (*at, "networkSliceSharingIndicator"), SHARING)
    _access(reading, (*at, "dataNetworkAccess"), rest)
    _coverage(reading, at, rest)
    for key, value in rest.items():
        reading.carry(key, value)


def _unwrap(reading: Reading, at: Place, data: object) -> tuple[Place, dict[str, Any]]:
    """Return the profile inside its wrappers; what stands beside them is carried."""
    if isinstance(data, list) and len(data) == 1:
        return _unwrap(reading, (*at, 0), data[0])
    if isinstance(data, list):
        what = f"holds {len(data)} ServiceProfiles" if data else "holds no ServiceProfile"
        raise InputError([reading.problem(at, what, "one, for one slice")])
    if not isinstance(data, dict):
        raise InputError([reading.problem(at, f"{shown(data)} isn't an object", "a ServiceProfile")])
    inner = next((key for key in _WRAPPERS if key in data), None)
    if inner is None:
        return at, data
    for key, value in data.items():
        if key == "id" and isinstance(value, str):
            reading.name = value
        if key != inner:
            reading.carry(key, value)
    return _unwrap(reading, (*at, inner), data[inner])


def _without_categories(rest: dict[str, Any]) -> None:
    """Leave out `servAttrCom`: it says what kind of attribute this is, nothing of the slice."""
    for key, value in rest.items():
        if isinstance(value, dict):
            rest[key] = {inner: item for inner, item in value.items() if inner != "servAttrCom"}


def _identity(reading: Reading, at: Place, rest: dict[str, Any]) -> None:
    """Take the one S-NSSAI that the profile lists, in one of the places that releases have had for it."""
    found = dict(_snssais(at, rest))
    given = {(repr(one.get("sst")), repr(one.get("sd"))) for one in found.values()}
    if len(given) > 1:
        allowed = "one S-NSSAI a slice, or say which"
        reading.fault("snssai", next(iter(found)), f"there are {len(given)} S-NSSAIs", allowed)
    elif found:
        place, one = next(iter(found.items()))
        if more := set(one) - {"sst", "sd"}:
            reading.fault("snssai", place, f"has {', '.join(sorted(more))}", "one S-NSSAI: sst, and sd if it has one")
        reading.identity(one.get("sst"), one.get("sd"), place)
        rest.pop("sst", None)
    elif "sst" in rest:
        reading.identity(rest.pop("sst"), rest.pop("sd", None), (*at, "sst"))
    for key in (*_PLMNS, _SLICES):
        listed = rest.get(key)
        if isinstance(listed, list) and all(isinstance(one, dict) and set(one) <= _ONLY for one in listed):
            del rest[key]


def _snssais(at: Place, rest: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for key in (*_PLMNS, _SLICES):
        for index, item in enumerate(rest[key] if isinstance(rest.get(key), list) else []):
            one = item.get("snssai", item.get("sNSSAI")) if key != _SLICES and isinstance(item, dict) else item
            place = (*at, key, index) if one is item else (*at, key, index, "snssai")
            if one is not None:
                yield place, one if isinstance(one, dict) else {"sst": one}


def _access(reading: Reading, at: Place, rest: dict[str, Any]) -> None:
    value = rest.get("dataNetworkAccess")
    if not isinstance(value, dict) or "dataAccessList" not in value:
        return
    listed = value["dataAccessList"] if isinstance(value["dataAccessList"], list) else [value["dataAccessList"]]
    used = [item.get("dataAccessUsed") if isinstance(item, dict) else item for item in listed]
    reading.choose_all(("dataNetworkAccess",), used, (*at, "dataAccessList"), ACCESS)
    more = [item for item in listed if isinstance(item, dict) and set(item) > {"dataAccessUsed"}]
    if not more and set(value) == {"dataAccessList"}:
        del rest["dataNetworkAccess"]


def _coverage(reading: Reading, at: Place, rest: dict[str, Any]) -> None:
    """Take areas that have a name; shapes on the map and tracking areas are the mobile network's."""
    value = rest.get("coverageArea")
    listed = value if isinstance(value, list) else [value]
    if value is not None and listed and all(isinstance(item, str) for item in listed):
        reading.take(("coverage",), listed, (*at, "coverageArea"), lambda _: [area(item) for item in listed])
        del rest["coverageArea"]
    for key in ("coverageArea", "coverageAreaTAList"):
        if key in rest:
            reading.lacks((*at, key), "shapes and tracking areas are the mobile network's and don't count here")


def write(name: str, leaves: Leaves) -> dict[str, Any]:
    """Return a ServiceProfile of what it has a place for, taking it out of `leaves`."""
    identity = {"sst": leaves.pop(("snssai", "sst"))}
    if sd := leaves.pop(("snssai", "sd"), None):
        identity["sd"] = sd
    profile: dict[str, Any] = {"serviceProfileId": name, _SLICES: [identity], **write_table(leaves, TABLE)}
    sharing = next((key for key, value in SHARING.items() if value == leaves.get(("isolation",))), None)
    if sharing:
        profile["networkSliceSharingIndicator"] = sharing
        del leaves["isolation",]
    if access := leaves.pop(("dataNetworkAccess",), None):
        used = [next(key for key, value in ACCESS.items() if value == one) for one in access]
        profile["dataNetworkAccess"] = {"dataAccessList": [{"dataAccessUsed": one} for one in used]}
    if coverage := leaves.pop(("coverage",), None):
        profile["coverageArea"] = coverage
    return profile
