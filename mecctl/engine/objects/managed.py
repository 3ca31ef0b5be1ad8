"""Who set a field of a live object, read from its managedFields.

The notation: https://kubernetes.io/docs/reference/using-api/server-side-apply/ and structured-merge-diff's fieldpath.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.objects.diff import Path
    from mecctl.engine.objects.objects import Object


def setters(live: Object, path: Path) -> tuple[str, ...]:
    """Return the managers of the field at `path` of a live object; empty for one that nobody set, or that is gone."""
    entries = live["metadata"].get("managedFields") or ()
    found = {
        entry.get("manager", "unknown")
        for entry in entries
        if not entry.get("subresource") and _has(entry.get("fieldsV1") or {}, live, path)
    }
    return tuple(sorted(found))


def _has(fields: dict[str, Any], value: Any, path: Path) -> bool:  # noqa: ANN401 - JSON
    if not path:
        return True
    step, *rest = path
    try:
        inner = value[step]
    except (KeyError, IndexError, TypeError):
        return False
    return any(
        # A field without fields of its own in it is set as a whole, with all that is below.
        key in fields and (not fields[key] or _has(fields[key], inner, tuple(rest)))
        for key in _keys(fields, step, inner)
    )


def _keys(fields: dict[str, Any], step: str | int, inner: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(step, str):
        yield f"f:{step}"
        return
    for key in fields:
        kind, _, said = key.partition(":")
        fits = {"k": _is_item, "v": _equals}.get(kind)
        if fits and fits(inner, json.loads(said)):
            yield key


def _is_item(value: Any, identity: dict[str, Any]) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, dict) and identity.items() <= value.items()


def _equals(value: Any, member: Any) -> bool:  # noqa: ANN401 - JSON
    return bool(value == member)
