"""The chosen values of a GST's characteristics: those with `isDefault`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from mecctl.errors import InputError
from mecctl.model.types import fault, shown
from mecctl.standards.nest.gst.names import KNOWN, LIST, VALUES
from mecctl.standards.nest.values import plain

if TYPE_CHECKING:
    from mecctl.document import Place
    from mecctl.standards.nest.reading import Reading


@dataclass(frozen=True)
class Chosen:
    """One chosen value of a characteristic, and where it stands."""

    at: Place
    value: object
    alias: object
    unit: object


def chosen_values(reading: Reading, listed: object) -> dict[str, list[Chosen]]:
    """Return the chosen values by the characteristic's name; a characteristic without values is a mere heading."""
    if not isinstance(listed, list):
        raise InputError([reading.problem((LIST,), "isn't a list", "the slice's characteristics")])
    known = {same(name): name for name in KNOWN}
    found: dict[str, list[Chosen]] = {}
    for index, item in enumerate(listed):
        at: Place = (LIST, index)
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise InputError([reading.problem(at, "isn't a characteristic with a name", "an object with name")])
        given: str = item["name"]
        name = known.get(same(given), given)
        reading.labels[at] = name
        if name in found:
            raise InputError([reading.problem((*at, "name"), "comes twice", "each characteristic once")])
        values = _defaults(reading, (*at, VALUES), item.get(VALUES))
        if values:
            found[name] = values
        elif item.get(VALUES):
            reading.unfilled.append(name)
    if not found:
        raise InputError([reading.problem((LIST,), "no value is chosen: this is a template", "values with isDefault")])
    return found


def same(name: str) -> str:
    """Return a name as it is compared: neither case nor the number of spaces counts."""
    return " ".join(name.casefold().split())


def _defaults(reading: Reading, at: Place, listed: object) -> list[Chosen]:
    found = []
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        here = (*at, index)
        if not isinstance(item, dict) or not isinstance(item.get("isDefault"), bool | None):
            raise InputError([reading.problem(here, "isn't a value", "an object with isDefault: true or false")])
        if item.get("isDefault"):
            value = item.get("value")
            inner = value if isinstance(value, dict) else {"value": value}
            found.append(Chosen((*here, "value"), inner.get("value"), inner.get("alias"), item.get("unitOfMeasure")))
    return found


def only(reading: Reading, of: str, chosen: list[Chosen]) -> Chosen | None:
    """Return the one chosen value; a fault of the field `of` where there are several."""
    if len(chosen) > 1:
        reading.fault(of, chosen[1].at, f"{len(chosen)} values are chosen", "one with isDefault")
        return None
    return chosen[0]


def number(value: object) -> object:
    """Return the number that a TMF633 value, text or not, stands for. Raises PydanticCustomError when it is none."""
    if not isinstance(value, str):
        return value
    allowed = "a number with a decimal point, its unit in unitOfMeasure"
    try:
        found = Decimal(value.strip())
    except InvalidOperation as error:
        raise fault(f"{shown(value)} isn't a number", allowed) from error
    if not found.is_finite():
        raise fault(f"{shown(value)} isn't a number", allowed)
    return plain(found)


def code_of(chosen: Chosen) -> object:
    """Return a code as the number it is; another text stays as it is, to be refused."""
    text = chosen.value
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4 else text
