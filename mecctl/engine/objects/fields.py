"""Which fields of an object a change sets, with their values before and after, and no secret among them.

The paths are those of `diff.text`. A value is masked where the inputs, before or now, hold a secret at or around its
place; the content of a Secret always is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects import diff
from mecctl.engine.objects.objects import live_of, to_api
from mecctl.engine.objects.values import has_secret, has_unknown, is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mecctl.engine.objects.diff import Path
    from mecctl.engine.objects.objects import Object
    from mecctl.engine.state import Resource

HIDDEN = "[secret]"
UNFORESEEN = "[unknown]"
_SELF = {("apiVersion",), ("kind",)}
_SECRET = ("data", "stringData")
_COPY = "kubectl.kubernetes.io/last-applied-configuration"  # may hold a Secret's content a second time
_NOTHING = object()


@dataclass(frozen=True)
class FieldDiff:
    """One field as JSON shows it; None stands for "not there", `[secret]` and `[unknown]` for what can't be shown."""

    path: str
    before: Any = None
    after: Any = None


def fields(
    live: Object | None, wanted: Object | None, now: Resource, old: Resource | None, mask: Callable[[str], str]
) -> tuple[FieldDiff, ...]:
    """Return the fields that differ between an object as it is and as it will be.

    `live` and `wanted` are the server's, where both are known; else the inputs `now` and the `old` ones are compared,
    and of an object that isn't there yet every field is told. `mask` takes out of a text the secrets it knows.
    """
    if live is not None and wanted is not None:
        before: Any = live
        after: Any = wanted
    else:
        after = to_api(now.inputs)
        before = _pruned(live_of(old.outputs), after) if old and old.outputs else {}
        mask = mask if before else str  # inputs alone are marked wherever they hold a secret
    marks = [one.inputs for one in (now, old) if one and has_secret(one.inputs)]
    kind = after.get("kind")
    told = []
    for path in diff.changed(before, after):
        for leaf, was, is_ in _leaves(path, diff.lookup(before, path, _NOTHING), diff.lookup(after, path, _NOTHING)):
            if leaf in _SELF:
                continue
            hidden = _hidden(kind, leaf, marks)
            told.append(FieldDiff(diff.text(leaf), _shown(was, mask, hidden=hidden), _shown(is_, mask, hidden=hidden)))
    return tuple(told)


def of_new(inputs: dict[str, Any]) -> tuple[FieldDiff, ...]:
    """Return all fields of an object that isn't there yet, from inputs in which secrets are masked already."""
    found = [pair for key, value in inputs.items() for pair in _leaves((key,), _NOTHING, value)]
    return tuple(FieldDiff(diff.text(path), None, value) for path, _, value in found if path not in _SELF)


def _pruned(live: Any, wanted: Any) -> Any:  # noqa: ANN401 - JSON
    """Return of a live object what the inputs speak of: the rest is the server's own."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {key: _pruned(live[key], value) for key, value in wanted.items() if key in live}
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_pruned(one, other) for one, other in zip(live, wanted, strict=True)]
    return live


def _leaves(path: Path, was: Any, now: Any) -> Iterator[tuple[Path, Any, Any]]:  # noqa: ANN401 - JSON
    """Take apart what is on one side only; what is a list of another length stays whole."""
    if was is not _NOTHING and now is not _NOTHING:
        yield path, was, now
        return
    found: list[tuple[Path, Any]] = []
    _spread(path, now if was is _NOTHING else was, found)
    for leaf, value in found:
        yield (leaf, _NOTHING, value) if was is _NOTHING else (leaf, value, _NOTHING)


def _spread(path: Path, value: Any, found: list[tuple[Path, Any]]) -> None:  # noqa: ANN401 - JSON
    if not value or not isinstance(value, dict | list):
        found.append((path, value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _spread((*path, key), inner, found)
    else:
        for index, inner in enumerate(value):
            _spread((*path, index), inner, found)


def _hidden(kind: object, path: Path, marks: list[Any]) -> bool:
    content = kind == "Secret" and (path[0] in _SECRET or _COPY in path)
    return content or any(_is_marked(inputs, path) for inputs in marks)


def _is_marked(inputs: Any, path: Path) -> bool:  # noqa: ANN401 - JSON
    for step in path:
        if is_secret(inputs):
            return True
        inputs = diff.lookup(inputs, (step,), _NOTHING)
        if inputs is _NOTHING:
            return False
    return has_secret(inputs)


def _shown(value: Any, mask: Callable[[str], str], *, hidden: bool) -> Any:  # noqa: ANN401 - JSON
    if value is _NOTHING:
        return None
    if hidden or has_unknown(value):
        return HIDDEN if hidden else UNFORESEEN
    if isinstance(value, dict):
        return {mask(key): _shown(inner, mask, hidden=False) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, mask, hidden=False) for inner in value]
    return mask(value) if isinstance(value, str) else value
