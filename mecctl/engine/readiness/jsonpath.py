"""The JSONPath of `pulumi.com/waitFor`: `{.status.phase}`, `{.status.conditions[?(@.type=="Ready")].status}`.

A part of RFC 9535: names, indexes, `*`, and filters that compare one path with a literal. The rest is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_][\w-]*) | \[\s*(?P<quoted>'[^']*'|"[^"]*")\s*\] | \[\s*(?P<index>-?\d+)\s*\]
    | (?P<every>\.\*|\[\s*\*\s*\])
    | \[\s*\?\s*\(?\s*@(?P<inner>[^=!<>&|()]*?)\s*(?P<op>==|!=)\s*(?P<literal>'[^']*'|"[^"]*"|[\w.+-]+)\s*\)?\s*\]""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Path:
    """A parsed path; `text` is how it was written."""

    text: str
    steps: tuple[re.Match[str], ...]

    @classmethod
    def parse(cls, text: str) -> Path:
        """Read a path with or without `$` before it. Raises MecctlError for what isn't known."""
        rest, steps = text.strip().removeprefix("$"), []
        while rest:
            if not (step := _STEP.match(rest)):
                raise MecctlError(f"the JSONPath {text!r} has a part that the engine doesn't know: {rest!r}")
            if step["inner"]:
                cls.parse(step["inner"])
            steps.append(step)
            rest = rest[step.end() :]
        return cls(text, tuple(steps))

    def select(self, value: Any) -> list[Any]:  # noqa: ANN401 - JSON
        """Return what is at the path, in order."""
        found = [value]
        for step in self.steps:
            found = [inner for one in found for inner in _follow(step, one)]
        return found


def literal(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value that a literal stands for: a quoted text, a number, true, false or null."""
    if text[0] in "'\"":
        return text[1:-1]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _follow(step: re.Match[str], value: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    if step["name"] or step["quoted"]:
        name = step["name"] or literal(step["quoted"])
        if isinstance(value, dict) and name in value:
            yield value[name]
    elif step["index"]:
        if isinstance(value, list) and -len(value) <= int(step["index"]) < len(value):
            yield value[int(step["index"])]
    else:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        yield from (one for one in inner if step["every"] or _holds(step, one))


def _holds(step: re.Match[str], value: Any) -> bool:  # noqa: ANN401 - JSON
    equal = Path.parse(step["inner"]).select(value)[:1] == [literal(step["literal"])]
    return equal if step["op"] == "==" else not equal
