"""Readiness in a program's own words: `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Bound`.

Syntax and meaning: pulumi-kubernetes provider/pkg/jsonpath and provider/pkg/await/condition.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.engine.readiness.jsonpath import Path
from mecctl.engine.readiness.verdict import condition, unless
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.objects.objects import Object
    from mecctl.engine.readiness.verdict import Verdict

_JSONPATH = re.compile(r"jsonpath=\{\s*(?P<path>.*?)\s*\}(=(?P<value>.+))?")
_CONDITION = re.compile(r"condition=(?P<type>[^=]+)(=(?P<status>.+))?")


@dataclass(frozen=True)
class Expression:
    """One thing to wait for: a `path` with a value (any, if None), or a condition `type` with a status."""

    text: str
    path: Path | None
    type: str
    value: str | None

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Read an expression. Raises MecctlError when it is none."""
        if found := _JSONPATH.fullmatch(text):
            return cls(text, Path.parse(found["path"]), "", found["value"])
        if found := _CONDITION.fullmatch(text):
            return cls(text, None, found["type"], found["status"] or "True")
        raise MecctlError(
            f"the annotation pulumi.com/waitFor has {text!r}",
            fix="write condition=TYPE, condition=TYPE=STATUS, jsonpath={.path} or jsonpath={.path}=VALUE",
        )

    def lacking(self, live: Object) -> str:
        """Say what `live` lacks, empty when nothing."""
        return self._path_lacking(live, self.path) if self.path else self._condition_lacking(live)

    def _condition_lacking(self, live: Object) -> str:
        found = condition(live, self.type)
        if not found:
            return f"it has no condition {self.type}"
        if _is_old(live, found):
            return f"its condition {self.type} is not up to date"
        if str(found.get("status")).lower() == str(self.value).lower():
            return ""
        return f"its condition {self.type} is {found.get('status')}" + _told(found)

    def _path_lacking(self, live: Object, path: Path) -> str:
        if _is_old(live, {}):
            return "its controller has not seen the last change"
        found = path.select(live)
        if not found:
            return f"it has nothing at {path.text}"
        shown = _shown(found[0])
        return "" if self.value is None or shown == self.value else f"{path.text} is {shown}"


def judge(live: Object, expressions: tuple[Expression, ...]) -> Verdict:
    """Say whether all expressions hold."""
    lacking = [said for one in expressions if (said := one.lacking(live))]
    return unless("; ".join(lacking))


def _is_old(live: Object, found: dict[str, Any]) -> bool:
    observed = found.get("observedGeneration", (live.get("status") or {}).get("observedGeneration"))
    return observed is not None and int(observed) < int(live["metadata"].get("generation", 0))


def _told(found: dict[str, Any]) -> str:
    said = ": ".join(str(found[key]) for key in ("reason", "message") if found.get(key))
    return f" ({said})" if said else ""


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    return value if isinstance(value, str) else json.dumps(value)
