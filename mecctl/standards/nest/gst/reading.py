"""Reading a GST in TMF633 form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.model.types import shown
from mecctl.standards.nest.codes import (
    DATA_ACCESS,
    ISOLATION,
    LOGICAL_ISOLATION,
    MISSION_CRITICAL_CAPABILITY,
    MISSION_CRITICAL_SERVICE,
)
from mecctl.standards.nest.gst.chosen import Chosen, chosen_values, code_of, number, only, same
from mecctl.standards.nest.gst.names import (
    AMOUNTS,
    AREA,
    DATA_NETWORK_ACCESS,
    FIVE_QI,
    ISOLATION_LEVEL,
    LIST,
    LOGICAL,
    MC_CAPABILITY,
    MC_SERVICE,
    MISSION_CRITICAL,
    SNSSAI,
)
from mecctl.standards.nest.values import area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.standards.nest.gst.names import Amount
    from mecctl.standards.nest.reading import Reading

_TEMPLATE_AREA = "Country"
"""What the template has for the area of service: no area, but what to write there."""


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is such a specification."""
    return LIST in data


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read a GST. Raises InputError when the characteristics aren't a list of named ones, or none has a value."""
    reading.name = data["name"] if isinstance(data.get("name"), str) else None
    found = chosen_values(reading, data[LIST])
    for name, amount in AMOUNTS.items():
        if name in found:
            _amount(reading, amount, found.pop(name))
    _identity(reading, found)
    _five_qi(reading, found)
    _isolation(reading, found)
    _mission_critical(reading, found)
    _area(reading, found)
    if DATA_NETWORK_ACCESS in found:
        _codes(reading, ("dataNetworkAccess",), found.pop(DATA_NETWORK_ACCESS), DATA_ACCESS)
    for name, chosen in found.items():
        values = [one.value for one in chosen]
        reading.carry(name, values[0] if len(values) == 1 else values)
    for key, value in data.items():
        if key not in {LIST, "name", "isBundle"} and value not in (None, "", [], {}):
            reading.carry(key, value)


def _amount(reading: Reading, amount: Amount, chosen: list[Chosen]) -> None:
    one = only(reading, amount.leaves[0][0], chosen)
    if one is None:
        return
    unit = str(one.unit or "N/A").strip()
    kind = amount.units.get(unit.casefold())
    if kind is None:
        what = "has no unit" if unit == "N/A" else f"{shown(unit)} isn't a unit of it"
        reading.fault(amount.leaves[0][0], one.at, what, ", ".join(amount.units))
        return
    for leaf in amount.leaves:
        reading.take(leaf, one.value, one.at, lambda value: kind.read(number(value)))


def _codes(reading: Reading, leaf: tuple[str, ...], chosen: list[Chosen], codes: Mapping[int, str]) -> None:
    reading.choose_all(leaf, [code_of(one) for one in chosen], chosen[0].at[:-2], codes)


def _identity(reading: Reading, found: dict[str, list[Chosen]]) -> None:
    """Take the S-NSSAI, which the GST has no attribute for, from the characteristic that `slice export` writes."""
    one = only(reading, "snssai", found.pop(SNSSAI)) if SNSSAI in found else None
    if one:
        sst, _, sd = str(one.value).partition("-")
        reading.identity(sst, sd or None, one.at)


def _five_qi(reading: Reading, found: dict[str, list[Chosen]]) -> None:
    if chosen := found.pop(FIVE_QI, None):
        values = [code_of(one) for one in chosen]
        reading.take(("qos", "fiveQI"), values[0] if len(values) == 1 else values, chosen[0].at)


def _isolation(reading: Reading, found: dict[str, list[Chosen]]) -> None:
    """Take the level; what kind of logical isolation counts only where it is logical, and is carried elsewhere."""
    one = only(reading, "isolation", found.pop(ISOLATION_LEVEL)) if ISOLATION_LEVEL in found else None
    logical = only(reading, "isolation", found[LOGICAL]) if LOGICAL in found else None
    if one and code_of(one) == 2 and logical:
        del found[LOGICAL]
        reading.choose(("isolation",), code_of(logical), logical.at, LOGICAL_ISOLATION)
    elif one:
        reading.choose(("isolation",), code_of(one), one.at, ISOLATION)


def _mission_critical(reading: Reading, found: dict[str, list[Chosen]]) -> None:
    """Take support; capabilities and services count only with it, and are carried without."""
    of = "missionCritical"
    one = only(reading, of, found.pop(MISSION_CRITICAL)) if MISSION_CRITICAL in found else None
    if one is None:
        return
    if code_of(one) not in (0, 1):
        reading.fault(of, one.at, f"{shown(one.value)} isn't known", "0 non-mission-critical, 1 mission-critical")
        return
    reading.take((of, "supported"), code_of(one) == 1, one.at)
    if code_of(one) != 1:
        return
    if MC_CAPABILITY in found:
        _codes(reading, (of, "capabilities"), found.pop(MC_CAPABILITY), MISSION_CRITICAL_CAPABILITY)
    if MC_SERVICE in found:
        chosen = found.pop(MC_SERVICE)
        values = [5 if same(str(service.alias)) == "mc interworking" else code_of(service) for service in chosen]
        reading.choose_all((of, "services"), values, chosen[0].at[:-2], MISSION_CRITICAL_SERVICE)


def _area(reading: Reading, found: dict[str, list[Chosen]]) -> None:
    chosen = found.pop(AREA, None)
    if chosen and [one.value for one in chosen] == [_TEMPLATE_AREA]:
        reading.unfilled.append(AREA)
    elif chosen:
        reading.take(("coverage",), chosen, chosen[0].at, lambda _: [area(one.value) for one in chosen])
