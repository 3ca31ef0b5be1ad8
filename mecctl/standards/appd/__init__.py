"""Application descriptors: ETSI MEC 010-2 AppD as JSON, YAML and TOSCA, and CAMARA's manifest, read; AppDs written.

The form is recognised from what is in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError, Problem
from mecctl.model.types import shown
from mecctl.standards.appd import camara, mec, tosca, writing
from mecctl.standards.appd.fields import APPD
from mecctl.standards.appd.reading import Opening, Reading
from mecctl.standards.appd.shaping import Shaping
from mecctl.standards.appd.source import FIX, load

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIX", "Opening", "Reading", "Written", "read", "write"]

_FORMS = (mec, tosca, camara)
_ALLOWED = (
    "an ETSI MEC 010-2 AppD (appDId, appName), a TOSCA MecApp (tosca_definitions_version) "
    "or a CAMARA application manifest (packageType, appRepo)"
)


@dataclass(frozen=True)
class Written:
    """An AppD; what of the workload it has no place for, by its path; mandatory attributes made up for it.

    `stale` are attributes of the AppD that the workload came from, and which it says otherwise now.
    """

    document: dict[str, Any]
    left_out: dict[str, object]
    filled: tuple[str, ...]
    stale: tuple[str, ...]


def read(text: str, file: str) -> Reading:
    """Read an AppD; what is wrong with single fields of the workload is in its `faults`.

    Raises InputError with all that is missing or can't be read, and when the file is none of the forms.
    """
    data, lines, literals = load(text, file)
    form = next((form for form in _FORMS if form.recognises(data)), None)
    if form is None:
        keys = ", ".join(shown(key) for key in list(data)[:5]) or "none"
        raise InputError([Problem(file, 1, "", f"isn't an AppD of a known form (its keys: {keys})", _ALLOWED)])
    reading = Reading(form.FORM, Shaping(file, lines, literals))
    form.read(reading, data)
    if reading.shaping.problems:
        raise InputError(sorted(reading.shaping.problems, key=lambda one: (one.line or 0, one.field)))
    _carry(reading)
    return reading


def write(fields: Mapping[str, Any], site: str) -> Written:
    """Write a workload's fields, with the keys of a site file, as an AppD.

    An attribute that its annotations keep comes back as it was, as long as it still says what the fields say.
    """
    document = writing.generate(fields)
    wanted, stale = set(_read_again(document) or ()), []
    for name, value in writing.noted(fields.get("annotations", {})).items():
        tried = {**document, name: value}
        again = _read_again(tried)
        if again is not None and wanted <= set(again) and all(fields.get(key) == one for key, one in again.items()):
            document = tried
        else:
            stale.append(name)
    said = _read_again(document) or {}
    rest = {key: value for key, value in writing.no_place(fields).items() if key not in said}
    own = {key: text for key, text in fields.get("annotations", {}).items() if not key.startswith(writing.NOTE)}
    filled = writing.fill(document, site)
    return Written(writing.ordered(document), {**rest, **own}, tuple(filled), tuple(stale))


def _carry(reading: Reading) -> None:
    """Keep, as annotations, every attribute that the workload's fields wouldn't give back as it is."""
    again = writing.generate(reading.fields)
    other: dict[str, Any] = {}
    for key, value in reading.document.items():
        if again.get(key) == value:
            continue
        if key in APPD.fields:
            reading.annotations[writing.NOTE + key] = writing.note(key, value)
        else:
            other[key] = value
        reading.carried[key] = writing.NOTE + key if key in APPD.fields else writing.OTHER
    if other:
        reading.annotations[writing.OTHER] = writing.note("other", other)


def _read_again(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the fields of a workload that an AppD gives, None where it can't be read as one."""
    shaping = Shaping("", {}, {})
    found = shaping.shape(replace(APPD, required=()), document, (), ())
    reading = Reading(mec.FORM, shaping)
    if shaping.problems:
        return None
    mec.interpret(reading, found)
    return reading.fields
