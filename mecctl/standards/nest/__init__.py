"""Network slice types with their values (GSMA NEST) in every form that the field writes, read and written.

The form is recognised from what is in the file. GST in TMF633 form, Katana's and 3GPP's ServiceProfile are written too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError, Problem
from mecctl.model.types import shown
from mecctl.standards.forms import Form
from mecctl.standards.jsonfile import json_object
from mecctl.standards.nest import camara, gst, katana, serviceprofile
from mecctl.standards.nest.leaves import LEAVES, demands
from mecctl.standards.nest.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.model import Slice
    from mecctl.standards.nest.leaves import Leaves

__all__ = ["Reading", "Written", "read", "write"]

_FORMS = (gst, katana, serviceprofile, camara)
_ORDERS = {
    "orderItem": "a TMF641 service order",
    "serviceOrderItem": "a TMF641 service order",
    "serviceCharacteristic": "a TMF638 service",
}
_ALLOWED = "; ".join(f"{form.FORM.split(' ', 1)[1]} ({' or '.join(form.SIGNS[:2])})" for form in _FORMS)


_WRITERS: Mapping[Form, Callable[[str, Leaves], dict[str, Any]]] = {
    Form.gst: gst.write,
    Form.katana: katana.write,
    Form.serviceprofile: serviceprofile.write,
}


@dataclass(frozen=True)
class Written:
    """A NEST, and what of the slice its form has no place for: values by their path, and annotations."""

    document: dict[str, Any]
    left_out: dict[str, object]


def read(text: str, file: str) -> Reading:
    """Read a NEST; what is wrong with single values is in its `faults`.

    Raises InputError when the text isn't JSON or isn't one of the forms.
    """
    data, lines = json_object(text, file)
    found = [form for form in _FORMS if form.recognises(data)]
    if len(found) != 1:
        raise InputError([_not_read(data, file, [form.FORM for form in found])])
    reading = Reading(found[0].FORM, file, lines)
    found[0].read(reading, data)
    reading.check()
    return reading


def write(part: Slice, form: Form) -> Written:
    """Write a slice, which a site file has been read into, as a NEST."""
    leaves = demands(part)
    document = _WRITERS[form](part.name, leaves)
    other = {note: text for note, text in part.annotations.items() if note not in LEAVES}
    return Written(document, {".".join(leaf): value for leaf, value in leaves.items()} | other)


def _not_read(data: Mapping[str, Any], file: str, forms: list[str]) -> Problem:
    order = next((order for key, order in _ORDERS.items() if key in data), None)
    if forms:
        return Problem(file, 1, "", f"is {' and '.join(forms)} at once", "one form a file")
    if order:
        return Problem(file, 1, "", f"is {order}, which isn't read", f"the NEST it is about: {_ALLOWED}")
    keys = ", ".join(shown(key) for key in list(data)[:5]) or "none"
    return Problem(file, 1, "", f"isn't a NEST of a known form (its keys: {keys})", _ALLOWED)
