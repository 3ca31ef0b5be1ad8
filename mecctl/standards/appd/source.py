"""A file in JSON or YAML as data, with the line of every value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.document import parse
from mecctl.errors import InputError, Problem
from mecctl.standards.jsonfile import json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place

FIX = "an AppD (ETSI GS MEC 010-2) in JSON or YAML"
_YAML = (".yaml", ".yml")

Source = tuple[dict[str, Any], "Mapping[Place, int]", "Mapping[Place, str]"]
"""Data, lines, and the literal text of numbers where the file's language keeps it (YAML: `1.10`)."""


def load(text: str, file: str) -> Source:
    """Return what a file holds: JSON where it is called so or looks so, else YAML.

    Raises InputError when it is neither, holds no object, or has a key twice in one.
    """
    named = file.lower().endswith(_YAML)
    if file.lower().endswith(".json") or text.lstrip().startswith(("{", "[")):
        try:
            return *json_object(text, file), {}
        except InputError:
            if not named:
                raise
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        raise InputError([Problem(file, None, "", "has nothing but comments", FIX)])
    document, problems = parse(text, file)
    if problems:
        raise InputError(problems)
    if not isinstance(document.data, dict):
        raise InputError([Problem(file, 1, "", "holds no object", FIX)])
    return document.data, document.lines, document.literals
