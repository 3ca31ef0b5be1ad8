"""Slices that come from NESTs and go to them, as YAML, text and JSON."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.sitefile.sliceimport import Imported
    from mecctl.standards.nest import Written


class _Flow(dict[str, Any]):
    """A mapping that is written in one line."""


class _Dumper(yaml.SafeDumper):
    """Quotes whatever could be a number to somebody, such as an S-NSSAI's sd; lists of plain values take one line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if re.fullmatch(r"[-+.0-9a-fA-FxXoOeE_:]+", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _flow(dumper: yaml.SafeDumper, value: _Flow) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Flow, _flow)


def slice_to_yaml(part: dict[str, Any]) -> str:
    """Return a slice as an item for the list under `slices:`."""
    short = {key for key, value in part.items() if isinstance(value, dict)} - {"annotations"}
    item = {key: _Flow(value) if key in short else value for key, value in part.items()}
    return to_yaml([item])


def to_yaml(value: object) -> str:
    """Return a part of a site file as YAML that reads back as the same."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**20)


def import_to_text(found: Imported) -> str:
    """Return what became of each part of a NEST, as lists with a head."""
    lists = (
        ("mapped", (f"{field} ← {attribute}" for field, attribute in found.mapped)),
        ("carried as annotation", (f"{attribute} → {note}" for attribute, note in found.carried)),
        ("can't be honoured", map(str, found.unmet)),
        ("not filled in", found.unfilled),
    )
    return "\n".join([f"{found.file} is {found.form}", *(line for one in lists for line in listed(*one))])


def import_to_json(found: Imported) -> dict[str, Any]:
    """Return `{file, form, ok, slice, mapped, carried, unmet, unfilled}`."""
    return {
        "file": found.file,
        "form": found.form,
        "ok": True,
        "slice": found.slice,
        "mapped": [{"field": field, "attribute": attribute} for field, attribute in found.mapped],
        "carried": [{"attribute": attribute, "annotation": note} for attribute, note in found.carried],
        "unmet": [asdict(problem) for problem in found.unmet],
        "unfilled": list(found.unfilled),
    }


def left_out_to_text(written: Written, form: str) -> str:
    """Return what a form has no place for."""
    said = (f"{field}: {value}" for field, value in written.left_out.items())
    return "\n".join(listed(f"{form} has no place for", said))


def listed(head: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a head and its lines, safe for a terminal; nothing where there are no lines."""
    found = [f"  {''.join(sign if sign.isprintable() else '?' for sign in line)}" for line in lines]
    if found:
        yield f"{head}:"
        yield from found
