"""From pydantic's errors to sentences: file, line, field, what is wrong, what is allowed."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel

from mecctl.document import show
from mecctl.model import Site
from mecctl.model.types import shown
from mecctl.sitefile.unbuilt import UNBUILT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from mecctl.document import Document, Place
    from mecctl.errors import Problem

_NEEDED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "none_required": "nothing (null)",
}


def problems(error: ValidationError, document: Document) -> Iterator[tuple[Place, Problem]]:
    """Yield the place and the problem of each of pydantic's errors about the whole file."""
    details = error.errors(include_url=False)
    inside = {detail["loc"][:-1] for detail in details}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"] in inside:
            continue  # it is short only because its items are broken, which is told
        # pydantic marks keys, and models of which one was chosen, in brackets.
        place: Place = tuple(part for part in detail["loc"] if not str(part).startswith("["))
        yield place, document.problem(place, *_say(detail, place, document))


def _say(detail: ErrorDetails, place: Place, document: Document) -> tuple[str, str]:
    """Return what is wrong and what is allowed."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "mecctl":
        return _own(context, place, document)
    if kind == "missing":
        field = _fields(place[:-1]).get(str(place[-1]))
        return "is missing", (field.description if field else None) or "a value"
    if kind == "extra_forbidden":
        return "this key isn't known here", _suggest(place)
    if kind == "literal_error":
        return f"{shown(value)} isn't known", str(context["expected"]).replace("'", "")
    if kind in _NEEDED:
        return _wrong_type(value, _NEEDED[kind], document.literals.get(place))
    return _bounds(kind, context, value) or (detail["msg"][:1].lower() + detail["msg"][1:], "see docs/schema/site.json")


def _own(context: dict[str, Any], place: Place, document: Document) -> tuple[str, str]:
    digits = document.literals.get(place, "").lower().removeprefix("0x")
    if place[-1] == "sd" and len(digits) == 6 and digits.isalnum():
        return str(context["what"]), f'write sd: "{digits}"'
    return str(context["what"]), str(context["allowed"])


def _bounds(kind: str, context: dict[str, Any], value: object) -> tuple[str, str] | None:
    if kind == "greater_than_equal":
        return f"{value} is too small", f"at least {context['ge']}"
    if kind == "less_than_equal":
        return f"{value} is too big", f"at most {context['le']}"
    if kind in {"too_short", "string_too_short"}:
        return "is empty", "at least one"
    return None


def _wrong_type(value: object, needed: str, literal: str | None) -> tuple[str, str]:
    if needed == "text" and literal is not None:
        return f"{literal} reads as {_kind(value)}, not as text", f'quote it: "{literal}"'
    said = "is empty" if value is None else f"{literal or shown(value)} is {_kind(value)}"
    if isinstance(value, str) and needed.endswith("number"):
        return said, f"{needed}, without quotes"
    return said, needed


def _kind(value: object) -> str:
    kinds = ((bool, "a true/false value"), (int | float, "a number"), (str, "text"), (list | tuple, "a list"))
    return next((name for type_, name in kinds if isinstance(value, type_)), "a mapping")


def _suggest(place: Place) -> str:
    refused = {row.path for row in UNBUILT if row.values is None and row.when is None}
    parent = re.sub(r"\[\d+\]", "[]", show(place[:-1]))
    known = [key for key in _fields(place[:-1]) if f"{parent}.{key}" not in refused]
    if place[:2] == ("spec", "slices") and len(place) == 4:
        known.append("nest")
    if place[:2] == ("spec", "workloads") and len(place) == 4:
        known.append("appd")
    if place[:2] == ("spec", "workloads") and len(place) == 6 and place[3] == "files":
        known.append("source")
    near = get_close_matches(str(place[-1]).lower(), [key.lower() for key in known], n=1, cutoff=0.6)
    meant = [key for key in known if near and key.lower() == near[0]]
    return f"did you mean {meant[0]}?" if meant else f"known: {', '.join(sorted(known))}"


def _fields(place: Place) -> dict[str, FieldInfo]:
    """Return the fields, by the key a file uses, of the model that the mapping at `place` is read into."""
    model: type[BaseModel] | None = Site
    free = False  # whether the next part is a key of the user's own choice
    for part in place:
        if isinstance(part, int) or model is None or free:
            free = False
            continue
        found = next((field for name, field in model.model_fields.items() if part in {name, field.alias}), None)
        model = _model_in(found.annotation) if found else None
        free = found is not None and get_origin(found.annotation) is dict
    return {field.alias or name: field for name, field in model.model_fields.items()} if model else {}


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model inside `Model`, `Model | None` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)
