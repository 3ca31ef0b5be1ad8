"""What will happen to an object of which a part is known only once this run has changed something else.

The mark of what isn't known is a text of its own, unlike any real value: the API server is asked about the object with
the mark in it, and says what differs and what can't be changed in place, as it will say it of the real value.
"""

from __future__ import annotations

import base64
import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import ConflictError, KubeError
from mecctl.engine.objects import diff
from mecctl.engine.objects.values import UNKNOWN, has_unknown
from mecctl.engine.steps.compare import compare
from mecctl.engine.steps.decision import Decision, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.objects.diff import Path
    from mecctl.engine.objects.objects import Object

_CODED = base64.b64encode(UNKNOWN.encode()).decode()
DEPENDS = "follows from what this run will change"
_NO_TEXT = {400, 422, 500}  # answers to a text where there has to be a number, an address, …


def is_unnamed(obj: Object) -> bool:
    """Whether it isn't even known which object it is."""
    return any(has_unknown(obj["metadata"].get(key)) for key in ("name", "namespace"))


def foresee(query: Query, live: Object) -> Decision:
    """Compare with the object `live`. Raises GoneError, and MecctlError like `compare`."""
    try:
        found = compare(query, live)
    except ConflictError:
        raise
    except KubeError as error:
        if error.status not in _NO_TEXT:
            raise
        paths = ", ".join(diff.text(path) for path in _unknown(query.obj, ()))
        return Decision("update", f"{paths} {DEPENDS}", live)
    return replace(found, wanted=_decoded(found.wanted))


def _decoded(wanted: Object | None) -> Object | None:
    """Return what the server made of the object with the mark where it is in base64, too."""
    if wanted is None or wanted["kind"] != "Secret":
        return wanted
    shown = copy.deepcopy(wanted)
    shown["data"] = {key: UNKNOWN if value == _CODED else value for key, value in (wanted.get("data") or {}).items()}
    return shown


def _unknown(value: Any, at: Path) -> Iterator[Path]:  # noqa: ANN401 - JSON
    if value == UNKNOWN:
        yield at
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _unknown(value[key], (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unknown(inner, (*at, index))
