"""Attributes that stand under one key of an object, read and written by a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.model.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mecctl.document import Place
    from mecctl.standards.nest.leaves import Leaf, Leaves
    from mecctl.standards.nest.reading import Reading
    from mecctl.standards.nest.values import Kind

BOTH = ("downlink", "uplink")


@dataclass(frozen=True)
class Attribute:
    """Where a form writes a value (`key`, one or two keys deep), as what, and which values of the slice it gives."""

    key: tuple[str, ...]
    kind: Kind
    leaves: tuple[Leaf, ...]


def rates(key: str, names: tuple[str, str], field: str, way: str, kind: Kind) -> list[Attribute]:
    """Return the rows of an object that holds a guaranteed and a maximum rate under these names."""
    bounds = zip(names, ("guaranteed", "maximum"), strict=True)
    return [Attribute((key, name), kind, ((field, way, bound),)) for name, bound in bounds]


def read_table(reading: Reading, top: Place, rest: dict[str, Any], table: Sequence[Attribute]) -> None:
    """Take every attribute of the table out of `rest`, which stands at `top`; null is no value."""
    for head in dict.fromkeys(row.key[0] for row in table):
        value = rest.pop(head, None)
        inner = {row.key[1]: row for row in table if row.key[0] == head and len(row.key) > 1}
        alone = next((row for row in table if row.key == (head,)), None)
        if isinstance(value, dict) and inner:
            _read_object(reading, (*top, head), value, inner)
        elif value is not None and alone:
            _take(reading, alone, value, (*top, head))
        elif value is not None:
            of = next(iter(inner.values())).leaves[0][0]
            reading.fault(of, (*top, head), f"{shown(value)} isn't an object", f"an object with {' and '.join(inner)}")


def write_table(leaves: Leaves, table: Sequence[Attribute]) -> dict[str, Any]:
    """Take out of `leaves` what the table has a place for; a place for several values takes them when they agree."""
    found: dict[str, Any] = {}
    for row in table:
        values = [leaves.get(leaf) for leaf in row.leaves]
        if values[0] is None or any(value != values[0] for value in values):
            continue
        for leaf in row.leaves:
            del leaves[leaf]
        node = found
        for part in row.key[:-1]:
            node = node.setdefault(part, {})
        node[row.key[-1]] = row.kind.write(values[0])
    return found


def _read_object(reading: Reading, at: Place, value: dict[str, Any], rows: Mapping[str, Attribute]) -> None:
    for key, item in value.items():
        if key in rows:
            if item is not None:
                _take(reading, rows[key], item, (*at, key))
        else:
            of = next(iter(rows.values())).leaves[0][0]
            reading.fault(of, (*at, key), "isn't known here", " or ".join(rows))


def _take(reading: Reading, row: Attribute, value: object, at: Place) -> None:
    for leaf in row.leaves:
        reading.take(leaf, value, at, row.kind.read)
