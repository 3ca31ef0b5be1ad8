"""Property values of Pulumi programs, as plain JSON with three marks.

A secret is `{SIGNATURE: SECRET, "value": v}` and never holds another secret; a value that is not known yet is the
string UNKNOWN; a reference to a resource is `{SIGNATURE: REFERENCE, "urn": …, "id": …}`. The magic strings are Pulumi's
(sdk/go/common/resource/plugin/rpc.go, sdk/go/common/resource/sig/sig.go).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark of a secret, not one
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"

_NESTED = (dict, list)
Value = Any
Properties = dict[str, Any]


@dataclass(frozen=True)
class Secret:
    """A secret output handed to a caller; printing it shows nothing."""

    value: Value

    def __repr__(self) -> str:
        return "[secret]"


def secret(value: Value) -> Properties:
    """Mark a value as secret, once."""
    return {SIGNATURE: SECRET, "value": reveal(value)}


def is_secret(value: Value) -> bool:
    """Whether this very value is marked as secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def is_reference(value: Value) -> bool:
    """Whether this very value refers to a resource."""
    return isinstance(value, dict) and value.get(SIGNATURE) == REFERENCE


def reveal(value: Value) -> Value:
    """Return the value without the marks of secrets; a reference becomes the id of its resource (its URN without)."""
    if isinstance(value, dict):
        mark = value.get(SIGNATURE)
        if mark == SECRET:
            return reveal(value["value"])
        if mark == REFERENCE:
            return value.get("id") or value["urn"]
    return mapped(value, reveal)


def mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """Return a copy of an object or list, with `change` applied to the objects and lists in it; anything else as it is.

    Every object of a stack is walked a dozen times, and most of what is in it are plain texts: those cost no call.
    """
    if isinstance(value, dict):
        return {key: change(inner) if isinstance(inner, _NESTED) else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [change(inner) if isinstance(inner, _NESTED) else inner for inner in value]
    return value


def has_unknown(value: Value) -> bool:
    """Whether anything in the value is not known yet."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return bool(value == UNKNOWN)


def has_secret(value: Value) -> bool:
    """Whether anything in the value is secret."""
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(map(has_secret, value.values()))
    return isinstance(value, list) and any(map(has_secret, value))


def for_caller(outputs: Properties) -> Properties:
    """Return outputs as Python values: secrets wrapped in Secret, what isn't known left out."""
    known = {name: value for name, value in outputs.items() if not has_unknown(value)}
    return {name: Secret(reveal(value)) if has_secret(value) else reveal(value) for name, value in known.items()}


def texts(value: Value, *, inside: bool = False) -> Iterator[str]:
    """Yield every string that is part of a secret."""
    inside = inside or is_secret(value)
    if isinstance(value, str) and inside:
        yield value
    if is_secret(value):
        yield from texts(value["value"], inside=True)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner, inside=inside)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, inside=inside)
