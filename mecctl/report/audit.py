"""What an audit found, as text and as JSON; the page is mecctl/report/auditpage.py's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.audit.assess import BENCHMARKS
from mecctl.audit.control import Result
from mecctl.report.text import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.audit.assess import Audit
    from mecctl.audit.changes import Changes
    from mecctl.audit.control import Answer, Finding

NAMES = {benchmark.id: benchmark.name for benchmark in BENCHMARKS}
_MARKS = {Result.passed: "✓", Result.failed: "✗", Result.excluded: "-"}


def audit_to_json(audit: Audit, since: Changes | None) -> dict[str, Any]:
    """Return `{site, ok, benchmarks, summary, controls, changes}` as docs/guide/json.md has it."""
    return {
        "site": audit.site,
        "ok": audit.ok,
        "benchmarks": [{"id": one.id, "name": one.name, "controls": len(one.controls)} for one in BENCHMARKS],
        "summary": {one.id: counts(audit, one.id) for one in BENCHMARKS},
        "controls": [_control(answer) for answer in audit.answers],
        "changes": {"since": since.since, "failing": list(since.failing), "mended": list(since.mended)}
        if since
        else None,
    }


def _control(answer: Answer) -> dict[str, Any]:
    return {
        "benchmark": answer.benchmark,
        "id": answer.control.id,
        "title": answer.control.title,
        "result": str(answer.result),
        "owner": answer.control.owner,
        "evidence": [
            {
                "node": one.subject,
                "result": str(one.result),
                "source": one.source,
                "found": one.found,
                "reason": one.reason,
                "unreachable": one.unseen,
            }
            for one in answer.findings
        ],
    }


def counts(audit: Audit, benchmark: str) -> dict[str, int]:
    """Return how many controls of a benchmark came to each result."""
    results = [answer.result for answer in audit.answers if answer.benchmark == benchmark]
    return {str(one): results.count(one) for one in Result}


def audit_to_text(audit: Audit, since: Changes | None, *, all_: bool) -> str:
    """Return the controls that fail with their evidence (with `all_` every one), sums, and what changed."""
    shown = audit.answers if all_ else audit.failures
    blocks = ["\n".join(_lines(answer)) for answer in shown]
    rows = [[NAMES[one], *map(str, counts(audit, one).values())] for one in NAMES]
    sums = table(["BENCHMARK", "PASS", "FAIL", "N/A"], rows)
    return "\n\n".join([*blocks, "\n".join([sums, "", *_since(since), _sum(audit)])])


def _lines(answer: Answer) -> Iterator[str]:
    yield f"{_MARKS[answer.result]} {answer.control.id}  {answer.control.title}  ({answer.control.owner})"
    findings = [one for one in answer.findings if one.result is answer.result]
    yield from (f"    {_finding(one)}" for one in findings)


def _finding(one: Finding) -> str:
    place = f"{one.subject}: " if one.subject else ""
    return f"{place}{one.source}: {one.found}" + (f"  ({one.reason})" if one.reason else "")


def _since(since: Changes | None) -> Iterator[str]:
    if since is None:
        return
    if not since.failing and not since.mended:
        yield f"as at {since.since}"
    yield from (f"✗ fails since {since.since}: {key}" for key in since.failing)
    yield from (f"✓ mended since {since.since}: {key}" for key in since.mended)


def _sum(audit: Audit) -> str:
    total, failing = len(audit.answers), len(audit.failures)
    if not failing:
        return f"{audit.site}: none of {total} controls fails"
    unseen = sum(answer.unseen for answer in audit.failures)
    more = f", {unseen} of them for want of an answer" if unseen else ""
    return f"✗ {audit.site}: {failing} of {total} controls fail{more}"
