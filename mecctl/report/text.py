"""Runs as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.plan.change import Change
    from mecctl.plan.check import Check
    from mecctl.plan.result import RunResult

MARKS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "=", "restart": "↻", "run": "!"}


def plan_to_text(result: RunResult) -> str:
    """Return the plan: a line a change, then what is unknown or failed, then a sum."""
    lines = [change_line(change) for change in result.changes]
    lines += [f"? {text}" for text in result.unknown]
    lines += [f"note: {note}" for note in result.notes]
    lines += [f"✗ {error}" for error in result.errors]
    if result.errors:
        summary = f"{result.site}: the plan is not complete: {len(result.errors)} could not be looked at"
    elif result.pending:
        more = ", more once the cluster is there" if result.unknown else ""
        summary = f"{result.site}: {len(result.changes)} changes pending{more}"
    else:
        summary = f"{result.site}: nothing to change"
    return "\n".join([*lines, summary])


def up_to_text(result: RunResult) -> str:
    """Return what an `up` proved, what failed, and the sum."""
    lines = [check_line(check) for check in result.checks]
    lines += [f"note: {note}" for note in result.notes]
    lines += [f"✗ {error}" for error in result.errors]
    took = sum(step.seconds for step in result.steps)
    state = "is up" if result.ok else "is NOT up"
    lines.append(f"{result.site} {state}: {len(result.changes)} changes, {took:.1f} s")
    return "\n".join(lines)


def change_line(change: Change) -> str:
    """Return one change as `~ subject (reason)`."""
    return f"{MARKS[change.action]} {change.subject}" + (f"  ({change.reason})" if change.reason else "")


def check_line(check: Check) -> str:
    """Return one measured promise."""
    about = " → ".join(part for part in (check.slice, check.peer) if part)
    held = "✓" if check.ok else "✗"
    unit = f" {check.unit}" if check.unit else ""
    return f"{held} {check.kind:<10} {about:<36} {check.measured}{unit}" + (
        "" if check.ok else f"  (declared: {check.declared}{unit})"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return rows in columns as wide as their widest cell."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )
