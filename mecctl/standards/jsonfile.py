"""A JSON file as data and the lines of its keys."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from mecctl.document import show
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')
_ALLOWED = "an object in JSON"


def json_object(text: str, file: str) -> tuple[dict[str, Any], dict[Place, int]]:
    """Return the object that a JSON file holds, and the line of each key.

    Raises InputError when it isn't valid JSON, isn't an object, or one object has a key twice.
    """
    try:
        data = json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        what = f"isn't valid JSON: {error.msg[:1].lower()}{error.msg[1:]} (column {error.colno})"
        raise InputError([Problem(file, error.lineno, "", what, _ALLOWED)]) from error
    except RecursionError as error:
        raise InputError([Problem(file, None, "", "is nested too deep", _ALLOWED)]) from error
    except ValueError as error:
        raise InputError([Problem(file, None, "", f"isn't valid JSON: {error}", _ALLOWED)]) from error
    if not isinstance(data, dict):
        raise InputError([Problem(file, 1, "", "holds no object", _ALLOWED)])
    lines: dict[Place, int] = {}
    twice = []
    for path, line, again in _keys(text):
        lines.setdefault(path, line)
        if again:
            twice.append(Problem(file, line, show(path), "comes twice in one object", "once"))
    if twice:
        raise InputError(twice)
    return data, lines


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} isn't a JSON number")


def _keys(text: str) -> Iterator[tuple[Place, int, bool]]:
    """Yield the path and line of every key of a valid JSON text, and whether its object had it before."""
    open_: list[set[str] | None] = []  # an object's keys so far; None for a list
    path: list[str | int] = []
    last, line, counted = "", 1, 0
    for token in _TOKEN.finditer(text):
        found = token[0]
        inside = open_[-1] if open_ else None
        if found in "{[":
            open_.append(set() if found == "{" else None)
            path.append("" if found == "{" else 0)
        elif found in "}]":
            open_.pop()
            path.pop()
        elif found == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else ""
        elif found == ":" and inside is not None:
            key = path[-1] = json.loads(last)
            line, counted = line + text.count("\n", counted, token.start()), token.start()
            yield tuple(path), line, key in inside
            inside.add(key)
        else:
            last = found
