"""A stack's changes, findings and outputs, as text and as the JSON of docs/guide/json.md."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects.fields import HIDDEN, UNFORESEEN
from mecctl.engine.objects.kinds import api_of
from mecctl.engine.objects.values import Secret
from mecctl.report.json import error_to_json
from mecctl.report.text import MARKS, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.engine.objects.fields import FieldDiff
    from mecctl.engine.run.finding import Findings
    from mecctl.engine.run.outcome import ResourceChange
    from mecctl.engine.run.result import StackResult

_LONGEST = 100  # characters of a value on a line
_STANDINGS = {"unchanged": " ", "changed": "~", "deleted": "-", "not-ours": "!", "unreachable": "?"}


def result_to_json(result: StackResult, *, show_secrets: bool = False) -> dict[str, Any]:
    """Return `{project, stack, engine, ok, changes, outputs, errors}`."""
    return {
        "project": result.project,
        "stack": result.stack,
        "engine": result.engine,
        "ok": result.ok,
        "changes": [asdict(change) for change in result.outcome.changes],
        "outputs": outputs_to_json(result.outcome.outputs, show_secrets=show_secrets),
        "errors": [{"urn": one.urn, "resource": one.label, **error_to_json(one.error)} for one in result.failures],
    }


def outputs_to_json(outputs: Mapping[str, Any], *, show_secrets: bool) -> dict[str, Any]:
    """Return exports as JSON, each secret as `[secret]` unless it is to be shown."""
    return {
        name: (value.value if show_secrets else HIDDEN) if isinstance(value, Secret) else value
        for name, value in outputs.items()
    }


def result_to_text(result: StackResult, verb: str, *, diff: bool) -> str:
    """Return a line a change (with `diff` its fields below), what failed, and the sum; `verb` is `preview`, `up` …."""
    lines = [line for change in result.outcome.changes for line in _change(change, diff=diff)]
    lines += [f"✗ {failure}" for failure in result.failures]
    if result.ok and verb != "destroy" and result.outcome.outputs:
        lines += ["", outputs_to_text(outputs_to_json(result.outcome.outputs, show_secrets=False)), ""]
    return "\n".join([*lines, _summary(result, verb)])


def outputs_to_text(outputs: Mapping[str, Any]) -> str:
    """Return exports as a table."""
    return table(["OUTPUT", "VALUE"], [[name, plain(value)] for name, value in sorted(outputs.items())])


def findings_to_json(name: tuple[str, str], engine: str, findings: Findings) -> dict[str, Any]:
    """Return `{project, stack, engine, ok, objects}` of `name` = (project, stack)."""
    project, stack = name
    return {
        "project": project,
        "stack": stack,
        "engine": engine,
        "ok": not findings.unreachable,
        **findings.json(),
    }


def findings_to_text(name: tuple[str, str], findings: Findings) -> str:
    """Return a line for each object that isn't as the stack left it, and the sum."""
    lines = [
        f"{_STANDINGS[one.standing]} {_subject(one.type, one.object)}  ({one.standing}: {one.reason})"
        for one in findings.objects
        if one.standing != "unchanged"
    ]
    counts = Counter(one.standing for one in findings.objects)
    told = ", ".join(f"{count} {standing}" for standing, count in sorted(counts.items())) or "no objects"
    return "\n".join([*lines, f"{'/'.join(name)}: {told}"])


def plain(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value on one line: text as it is, the rest as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split("\n"))


def _change(change: ResourceChange, *, diff: bool) -> Iterator[str]:
    subject = _subject(change.type, change.object or change.name)
    yield f"{MARKS[change.action]} {subject}" + (f"  ({change.reason})" if change.reason else "")
    if diff:
        yield from (f"    {_field(one)}" for one in change.diff)


def _field(one: FieldDiff) -> str:
    if one.before is None:
        return f"+ {one.path}: {_short(one.after)}"
    if one.after is None:
        return f"- {one.path}: {_short(one.before)}"
    return f"~ {one.path}: {_short(one.before)} → {_short(one.after)}"


def _short(value: Any) -> str:  # noqa: ANN401 - JSON
    text = value if value in (HIDDEN, UNFORESEEN) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _subject(type_: str, name: str) -> str:
    if type_.startswith("kubernetes:"):
        return f"{'/'.join(api_of(type_))} {name}"
    return f"{type_} {name}"


def _summary(result: StackResult, verb: str) -> str:
    counts: Counter[str] = Counter(change.action for change in result.outcome.changes)
    done = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "import": "imported"}
    failed = [f"{len(result.failures)} failed"] if result.failures else []
    parts = [f"{counts[one]} {f'to {one}' if verb == 'preview' else done[one]}" for one in done if counts[one]]
    told = ", ".join([*failed, *parts]) or ("nothing to change" if verb == "preview" else "nothing changed")
    return f"{result.project}/{result.stack}: {told}"
