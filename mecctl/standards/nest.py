"""GSMA NEST (NG.116: a network slice type with its values) -> the fields of a slice.

Read here: the JSON that Katana-style slice managers take (`base_slice_descriptor`, rates in kbit/s). The other forms
are recognised and refused by name. Each value ends up in a field, in an annotation, or in an error; none is dropped.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError, Problem
from mecctl.model import FIVE_QI
from mecctl.model.quantity import format_bit_rate
from mecctl.model.types import shown
from mecctl.standards import snssai
from mecctl.standards.jsonfile import json_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.standards.jsonfile import Keys

_BASES = ("base_slice_descriptor", "slice_descriptor")
_OTHER_FORMS = {
    "serviceSpecCharacteristic": "a GSMA GST in TMF633 form (ServiceSpecification)",
    "orderItem": "a TMF641 service order",
    "serviceOrderItem": "a TMF641 service order",
    "sliceQosProfile": "a CAMARA NetworkSliceBooking request",
    "serviceProfileId": "a 3GPP TS 28.541 ServiceProfile",
    "dLThptPerSlice": "a 3GPP TS 28.541 ServiceProfile",
    "plmnInfoList": "a 3GPP TS 28.541 ServiceProfile",
}
_RATES = {
    "network_DL_throughput": "downlink",
    "network_UL_throughput": "uplink",
    "ue_DL_throughput": "ue-downlink",
    "ue_UL_throughput": "ue-uplink",
}
_COUNTS = {"number_of_terminals": "max-ues", "number_of_connections": "max-sessions", "mtu": "mtu"}
_ISOLATION = {0: "none", 1: "physical", 2: "tenant", 3: "physical"}
"""isolation_level.isolation: 0 none, 1 physical, 2 logical, 3 both. Logical without more is the tenant's."""


@dataclass
class Nest:
    """What a NEST says.

    `fields`: the slice's fields by their key in a site file. `faults`: per field, why its value can't be used; moot
    where the site file gives the field itself. `annotations`: what has no field or isn't enforced (`mec.io/...`).
    `carried`: the names of the attributes that are annotations only.
    """

    file: str
    lines: Mapping[Keys, int]
    fields: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Problem]] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)

    def fault(self, of: str, path: Keys, what: str, allowed: str) -> None:
        """Note that the field `of` can't be read because of the value at `path`."""
        found = Problem(self.file, self.lines.get(path), ".".join(path), what, allowed)
        self.faults.setdefault(of, []).append(found)

    def annotate(self, key: str, value: str) -> None:
        """Add an annotation under a name Kubernetes takes, without hiding another."""
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", key).strip("-.")[:60] or "value"
        while f"mec.io/{name}" in self.annotations:
            name += "-x"
        self.annotations[f"mec.io/{name}"] = value


def read(text: str, file: str) -> Nest:
    """Read a NEST.

    Raises InputError when the text isn't JSON, isn't a NEST, or is one of a form not read yet.
    """
    data, lines = json_object(text, file)
    top = next((key for key in _BASES if key in data), None)
    if top is None:
        raise InputError([_not_read(data, file)])
    if not isinstance(data[top], dict):
        raise InputError([Problem(file, lines[(top,)], top, "isn't an object", "the slice's attributes")])
    nest = Nest(file, lines)
    rest = dict(data[top])
    _identity(nest, top, rest)
    _quality(nest, top, rest)
    _isolation(nest, top, rest)
    _rates(nest, top, rest)
    _counts(nest, top, rest)
    for key, value in [*rest.items(), *((key, value) for key, value in data.items() if key != top)]:
        nest.annotate(f"nest-{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        nest.carried.append(key)
    return nest


def _not_read(data: Mapping[str, Any], file: str) -> Problem:
    form = next((form for key, form in _OTHER_FORMS.items() if key in data), None)
    if form:
        allowed = f"a NEST with {_BASES[0]}, or the slice's values in site.yaml instead of nest:"
        return Problem(file, 1, "", f"is {form}, a form that isn't read yet", allowed)
    keys = ", ".join(shown(key) for key in list(data)[:5]) or "none"
    return Problem(file, 1, "", f"isn't a NEST: it has no {_BASES[0]} (its keys: {keys})", "a GSMA NEST")


def _identity(nest: Nest, top: str, rest: dict[str, Any]) -> None:
    """S-NSSAI: sst and sd, which older slice managers write beside the other attributes."""
    if "sst" not in rest:
        return
    sst, sd = rest.pop("sst"), rest.pop("sd", None)
    try:
        found = snssai.from_parts(sst, sd)
    except ValueError:
        allowed = 'sst 0 to 255 and sd six hex digits in quotes, for example "sst": 1, "sd": "0000a1"'
        nest.fault("snssai", (top, "sst"), f"sst {shown(sst)} with sd {shown(sd)} isn't an S-NSSAI", allowed)
        return
    nest.fields["snssai"] = {"sst": found.sst, "sd": found.sd}


def _quality(nest: Nest, top: str, rest: dict[str, Any]) -> None:
    """5QI: of several, the one that is served first; the whole list is carried."""
    if "qos" not in rest:
        return
    listed = rest["qos"] if isinstance(rest["qos"], list) else [rest["qos"]]
    values = [item.get("qi") if isinstance(item, dict) else None for item in listed]
    known = [value for value in values if type(value) is int and value in FIVE_QI]
    if not known or len(known) < len(values):
        unknown = next((value for value in values if type(value) is not int or value not in FIVE_QI), None)
        allowed = f"a qi of {', '.join(map(str, sorted(FIVE_QI)))}"
        nest.fault("qos", (top, "qos"), f"qi {shown(unknown)} isn't a known 5QI", allowed)
        return
    nest.fields["qos"] = {"fiveQI": min(known, key=lambda value: FIVE_QI[value].priority)}
    if len(listed) == 1 and set(listed[0]) == {"qi"}:
        del rest["qos"]


def _isolation(nest: Nest, top: str, rest: dict[str, Any]) -> None:
    if "isolation_level" not in rest:
        return
    level = rest["isolation_level"]
    value = level.get("isolation") if isinstance(level, dict) else level
    meant = _ISOLATION.get(value) if isinstance(value, int) and not isinstance(value, bool) else None
    path = (top, "isolation_level")
    if meant is None:
        nest.fault("isolation", path, f"isolation {shown(value)} isn't known", "0 none, 1 physical, 2 logical, 3 both")
    elif meant == "physical":
        allowed = "write isolation: tenant beside nest: in site.yaml to accept less"
        nest.fault("isolation", path, "asks for physical isolation, which isn't built yet", allowed)
    else:
        nest.fields["isolation"] = meant
        if not isinstance(level, dict) or set(level) == {"isolation"}:
            del rest["isolation_level"]


def _rates(nest: Nest, top: str, rest: dict[str, Any]) -> None:
    """Rates, kbit/s in the file: the slice's as its throughput, each terminal's as annotations."""
    throughput: dict[str, dict[str, str]] = {}
    for key, direction in _RATES.items():
        if key not in rest:
            continue
        value = rest.pop(key)
        if not isinstance(value, dict):
            nest.fault(
                "throughput", (top, key), f"{shown(value)} isn't an object", '{"guaranteed": kbit/s, "maximum": kbit/s}'
            )
            continue
        rates = dict(_kilobits(nest, (top, key), value))
        for name, rate in rates.items():
            nest.annotate(f"{direction}-{name}", rate)
        if key.startswith("network_") and rates:
            throughput[direction] = rates
        elif rates:
            nest.carried.append(key)
    if throughput and "throughput" not in nest.faults:
        nest.fields["throughput"] = throughput


def _kilobits(nest: Nest, path: Keys, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    bits: dict[str, int] = {}
    for name, rate in value.items():
        if name not in {"guaranteed", "maximum"}:
            nest.fault("throughput", (*path, name), "isn't a known rate", "guaranteed or maximum")
        elif isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 10**12:
            nest.fault("throughput", (*path, name), f"{shown(rate)} isn't a rate", "a number of kbit/s, 0 or more")
        else:
            bits[name] = round(rate * 1000)
            yield name, format_bit_rate(bits[name])
    if len(bits) == 2 and bits["guaranteed"] > bits["maximum"]:
        high, low = format_bit_rate(bits["guaranteed"]), format_bit_rate(bits["maximum"])
        nest.fault(
            "throughput", path, f"guarantees {high}, over its maximum {low}", "a maximum at or over the guarantee"
        )


def _counts(nest: Nest, top: str, rest: dict[str, Any]) -> None:
    for key, name in _COUNTS.items():
        if key not in rest:
            continue
        value = rest.pop(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            nest.fault(name, (top, key), f"{shown(value)} isn't a count", "a whole number from 1")
            continue
        nest.annotate(name, f"{value} bytes" if key == "mtu" else str(value))
        nest.carried.append(key)
