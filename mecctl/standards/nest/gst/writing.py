"""A slice as a GSMA GST in TMF633 form; nothing that a slice can say is without a characteristic."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mecctl.standards.nest.codes import (
    DATA_ACCESS,
    ISOLATION,
    LOGICAL_ISOLATION,
    MISSION_CRITICAL_CAPABILITY,
    MISSION_CRITICAL_SERVICE,
    code,
)
from mecctl.standards.nest.gst import names
from mecctl.standards.nest.gst.names import LIST, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mecctl.standards.nest.gst.names import Amount
    from mecctl.standards.nest.leaves import Leaf, Leaves


def write(name: str, leaves: Leaves) -> dict[str, Any]:
    """Return a ServiceSpecification of all of `leaves`, taking it out of them."""
    found = [_identity(leaves)]
    found += [one for amount in names.AMOUNTS.items() for one in _amount(leaves, *amount)]
    found += _isolation(leaves)
    if (supported := leaves.pop(("missionCritical", "supported"), None)) is not None:
        found.append(_characteristic(names.MISSION_CRITICAL, "BINARY", [(int(bool(supported)), None)]))
    lists = (
        (names.FIVE_QI, ("qos", "fiveQI"), None),
        (names.MC_CAPABILITY, ("missionCritical", "capabilities"), MISSION_CRITICAL_CAPABILITY),
        (names.MC_SERVICE, ("missionCritical", "services"), MISSION_CRITICAL_SERVICE),
        (names.DATA_NETWORK_ACCESS, ("dataNetworkAccess",), DATA_ACCESS),
        (names.AREA, ("coverage",), None),
    )
    found += [one for row in lists for one in _list(leaves, *row)]
    return {"name": name, "isBundle": False, LIST: found}


def _characteristic(name: str, kind: str, values: Sequence[tuple[object, object]], unit: str = "N/A") -> dict[str, Any]:
    """Return a characteristic with chosen values, each with what it means in words."""
    inner = "TEXT" if any(isinstance(value, str) for value, _ in values) and kind in {"ARRAY", "SET"} else kind
    return {
        "name": name,
        "valueType": kind,
        VALUES: [
            {
                "isDefault": True,
                "unitOfMeasure": unit,
                "valueType": "INTEGER" if inner in {"ARRAY", "SET"} else inner,
                "value": {"value": str(value), **({"alias": alias} if alias else {})},
            }
            for value, alias in values
        ],
    }


def _identity(leaves: Leaves) -> dict[str, Any]:
    sst, sd = leaves.pop(("snssai", "sst")), leaves.pop(("snssai", "sd"), None)
    return _characteristic(names.SNSSAI, "TEXT", [(f"{sst}-{sd}" if sd else f"{sst}", None)])


def _amount(leaves: Leaves, name: str, amount: Amount) -> Iterator[dict[str, Any]]:
    values = [leaves.get(leaf) for leaf in amount.leaves]
    if values[0] is None or any(value != values[0] for value in values):
        return
    for leaf in amount.leaves:
        del leaves[leaf]
    unit, kind = next(iter(amount.units.items()))
    text = f"{Decimal(str(kind.write(values[0]))):f}"
    yield _characteristic(name, amount.type, [(text, None)], _UNITS.get(unit, unit))


_UNITS = {"n/a": "N/A", "seconds": "Seconds", "bytes": "Bytes"}
"""Units as the GST spells them."""


def _isolation(leaves: Leaves) -> Iterator[dict[str, Any]]:
    name = leaves.pop(("isolation",), None)
    logical = code(LOGICAL_ISOLATION, name)
    if name is not None:
        level = 2 if logical else code(ISOLATION, name)
        alias = "logical" if logical else name
        yield _characteristic(names.ISOLATION_LEVEL, "ENUM", [(level, alias)])
    if logical:
        yield _characteristic(names.LOGICAL, "ENUM", [(logical, name)])


def _list(leaves: Leaves, name: str, leaf: Leaf, codes: dict[int, str] | None) -> Iterator[dict[str, Any]]:
    value = leaves.pop(leaf, None)
    if value is None:
        return
    listed = value if isinstance(value, list) else [value]
    kind = "SET" if name == names.AREA else "ARRAY"
    yield _characteristic(name, kind, [(code(codes, one), one) if codes else (one, None) for one in listed])
