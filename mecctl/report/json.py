"""The stable JSON forms of docs/guide/json.md: fields may be added, none is renamed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError

if TYPE_CHECKING:
    from mecctl.errors import MecctlError
    from mecctl.plan.result import RunResult


def run_to_json(result: RunResult) -> dict[str, Any]:
    """Return `{site, ok, steps, moduleExecutions, changes, unknown, notes, checks, errors}` of a plan or an up."""
    return {
        "site": result.site,
        "ok": result.ok,
        "steps": [
            {
                "name": step.name,
                "changed": len(step.outcome.changes),
                "seconds": round(step.seconds, 3),
                "skipped": step.skipped,
            }
            for step in result.steps
        ],
        "moduleExecutions": {node: count for step in result.steps for node, count in step.outcome.executions.items()},
        "changes": [asdict(change) for change in result.changes],
        "unknown": list(result.unknown),
        "notes": list(result.notes),
        "checks": [asdict(check) for check in result.checks],
        "errors": [error_to_json(error) for error in result.errors],
    }


def error_to_json(error: MecctlError) -> dict[str, Any]:
    """Return `{what, where, why, fix, exitCode}`, with `problems` for wrong input."""
    known: dict[str, Any] = {
        "what": error.what,
        "where": error.where,
        "why": error.why,
        "fix": error.fix,
        "exitCode": error.exit_code,
    }
    if isinstance(error, InputError):
        known["problems"] = [asdict(problem) for problem in error.problems]
    return known
