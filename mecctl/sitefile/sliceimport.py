"""A NEST as a slice for site.yaml, and what of it stays behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mecctl.document import read_text, show
from mecctl.errors import InputError, Problem
from mecctl.model import Slice
from mecctl.model.types import LABEL_1123, shown
from mecctl.sitefile.demands import sort, words
from mecctl.standards import nest, snssai
from mecctl.standards.nest.leaves import NOTES, flat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.sitefile.demands import Demands
    from mecctl.standards.nest import Reading

_OPTIONS = "--sst and --sd"


@dataclass(frozen=True)
class Imported:
    """A slice as site.yaml has it, and where each part of the NEST went.

    `mapped`: the slice's value and the NEST's attribute it comes from; `carried`: attribute and annotation; `unmet`:
    what can't be honoured, where it stands and why; `unfilled`: attributes of a template that have no value.
    """

    file: str
    form: str
    slice: dict[str, Any]
    mapped: tuple[tuple[str, str], ...]
    carried: tuple[tuple[str, str], ...]
    unmet: tuple[Problem, ...]
    unfilled: tuple[str, ...]


def import_slice(path: Path, name: str | None = None, sst: int | None = None, sd: str | None = None) -> Imported:
    """Read a NEST in any form; the options' name and S-NSSAI count before the file's.

    Raises InputError with all that is wrong: values, an S-NSSAI that nobody gives, a name that can't be one.
    """
    file = str(path)
    reading = nest.read(read_text(path, file, "a NEST in JSON"), file)
    problems = [*_give_identity(reading, sst, sd), *_faults(reading)]
    called = name or _name(reading.name) or _name(path.stem) or ""
    if not re.fullmatch(LABEL_1123, called):
        allowed = "lower-case letters, digits and '-', at most 63, for example embb"
        problems.append(Problem("--name", None, "", f"{shown(called)} can't be a slice's name", allowed))
    if problems:
        raise InputError(problems)
    demands = sort(reading.fields)
    notes = {**reading.annotations, **demands.notes}
    part = _ordered({"name": called, **demands.count, **({"annotations": notes} if notes else {})})
    _check(part, file)
    behind = [(reading.attribute(leaf), NOTES[leaf]) for leaf, _ in flat({**demands.noted, **demands.lesser})]
    return Imported(
        file,
        reading.form,
        part,
        tuple(dict.fromkeys(_mapped(reading, leaf) for leaf, _ in flat(demands.count))),
        (*behind, *reading.carried.items()),
        (*_unmet(reading, demands), *reading.unmet),
        tuple(reading.unfilled),
    )


def _give_identity(reading: Reading, sst: int | None, sd: str | None) -> Iterator[Problem]:
    """Set the S-NSSAI of the options; yield what is wrong with them, and a lack of any."""
    if sst is None and sd is not None:
        yield Problem("--sd", None, "", "goes with --sst only", "--sst 1 --sd 0000a1")
    elif sst is not None:
        try:
            found = snssai.from_parts(sst, sd)
        except ValueError:
            what = f"sst {sst} with sd {shown(sd)} isn't an S-NSSAI"
            yield Problem("--sst", None, "", what, "sst 0 to 255, and sd six hex digits: --sst 1 --sd 0000a1")
            return
        reading.faults.pop("snssai", None)
        reading.leaves["snssai", "sst"], reading.leaves["snssai", "sd"] = found.sst, found.sd
        reading.sources["snssai", "sst"] = reading.sources["snssai", "sd"] = (_OPTIONS,)
    elif "snssai" not in {*reading.fields, *reading.faults}:
        yield Problem(reading.file, None, "", "carries no S-NSSAI", "give the slice's: --sst 1 --sd 0000a1")


def _faults(reading: Reading) -> Iterator[Problem]:
    found = {problem for faults in reading.faults.values() for problem in faults}
    yield from sorted(found, key=lambda problem: (problem.line or 0, problem.field, problem.what))


def _mapped(reading: Reading, leaf: tuple[str, ...]) -> tuple[str, str]:
    field = leaf[0] if leaf[0] == "snssai" else ".".join(leaf)
    return field, _OPTIONS if reading.sources[leaf] == (_OPTIONS,) else reading.attribute(leaf)


def _ordered(part: dict[str, Any]) -> dict[str, Any]:
    """Order a slice's keys as its model does, and leave out an sd that isn't there."""
    keys = [field.alias or name for name, field in Slice.model_fields.items()]
    identity = {key: value for key, value in part["snssai"].items() if value is not None}
    return {key: part[key] for key in keys if key in part} | {"snssai": identity}


def _name(text: str | None) -> str | None:
    """Make a slice's name of any text; None where nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "-", (text or "").lower())[:63].strip("-") or None


def _unmet(reading: Reading, demands: Demands) -> Iterator[Problem]:
    """Yield, for every field that doesn't count here, where the NEST asks for it and why it doesn't."""
    for key, row in demands.rows.items():
        at = next(at for leaf, at in reading.sources.items() if leaf[0] == key)
        yield reading.problem(at, f"{words(demands.lesser[key])}: {row.what}" if key in demands.lesser else row.what)


def _check(part: dict[str, Any], file: str) -> None:
    """Hold the whole against the model. Raises InputError, as for annotations that are too big together."""
    try:
        Slice.model_validate(part)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InputError([Problem(file, None, show(detail["loc"]), detail["msg"]) for detail in details]) from error
