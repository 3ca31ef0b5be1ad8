"""Which fields of an object differ, as paths such as `spec.template.spec.containers[0].image`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What the server keeps for itself, and what says how the object does rather than what it is meant to be.
_SERVERS = {
    ("status",),
    ("metadata", "creationTimestamp"),
    ("metadata", "generation"),
    ("metadata", "managedFields"),
    ("metadata", "resourceVersion"),
    ("metadata", "selfLink"),
    ("metadata", "uid"),
}
_MOST = 4  # paths named in a reason
_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_STEP = re.compile(r'\.?([^.\[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]')

Path = tuple[str | int, ...]


def changed(live: Any, wanted: Any) -> list[Path]:  # noqa: ANN401 - JSON
    """Return the paths at which two objects as the server gives them differ in what a program may set."""
    return list(_walk(live, wanted, ()))


def _walk(live: Any, wanted: Any, at: Path) -> Iterator[Path]:  # noqa: ANN401 - JSON
    if at in _SERVERS or live == wanted:
        return
    if isinstance(live, dict) and isinstance(wanted, dict):
        for key in sorted(live.keys() | wanted.keys()):
            if key in live and key in wanted:
                yield from _walk(live[key], wanted[key], (*at, key))
            elif (*at, key) not in _SERVERS:
                yield (*at, key)
    elif isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        for index, (one, other) in enumerate(zip(live, wanted, strict=True)):
            yield from _walk(one, other, (*at, index))
    else:
        yield at


def text(path: Path) -> str:
    """Write a path the way Pulumi does: `metadata.labels["app.kubernetes.io/name"]`."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            written += f".{step}" if written else step
        else:
            written += f'["{step}"]'
    return written


def parse(path: str) -> tuple[str | int, ...]:
    """Read a path written as by `text`; `[*]` stands for every item and is kept as `*`."""
    steps: list[str | int] = []
    for plain, quoted, index in _STEP.findall(path):
        steps.append(plain or quoted or (index if index == "*" else int(index)))
    return tuple(steps)


def reason(paths: Iterable[Path]) -> str:
    """Say in a few words which fields differ."""
    names = [text(path) or "everything" for path in paths]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more} differ{'s' if len(names) == 1 else ''}"


def under(path: Path, prefixes: Iterable[Path]) -> bool:
    """Whether a path lies at, below or above one of `prefixes`, in which `*` fits any step."""
    return any(all(want in ("*", have) for want, have in zip(prefix, path, strict=False)) for prefix in prefixes)


def expand(pattern: Path, *values: Any) -> Iterator[Path]:  # noqa: ANN401 - JSON
    """Yield the paths that a pattern stands for; `*` fits every key or item that any of `values` has there."""
    if "*" not in pattern:
        yield pattern
        return
    star = pattern.index("*")
    above, below = pattern[:star], pattern[star + 1 :]
    steps: dict[str | int, None] = {}
    for holder in (lookup(value, above) for value in values):
        found = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        steps.update(dict.fromkeys(found))
    for step in steps:
        yield from expand((*above, step, *below), *values)


def lookup(value: Any, path: Path, nothing: Any = None) -> Any:  # noqa: ANN401 - JSON
    """Return what is at a path, `nothing` when nothing is."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return nothing
    return value


def put(value: dict[str, Any], path: Path, new: Any) -> None:  # noqa: ANN401 - JSON
    """Set what is at a path, or take it out when `new` is None; folders on the way are made as needed."""
    *above, last = path
    at: Any = value
    for step in above:
        if isinstance(at, dict) and new is not None:
            at.setdefault(step, {})
        at = lookup(at, (step,))
    if isinstance(at, dict):
        at.pop(last, None)
        if new is not None:
            at[last] = new
    elif isinstance(at, list) and isinstance(last, int) and last < len(at) and new is not None:
        at[last] = new
