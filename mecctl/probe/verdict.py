"""What the attempts' results prove: pure, so that no proof can hold for the wrong reason unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.plan.check import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mecctl.probe.attempts import Attempt

Result = dict[str, Any]

# curl's exit codes (curl.se/docs/manpage.html, EXIT CODES).
_EXITS = {5: "name not found", 6: "name not found", 7: "refused", 28: "timed out"}


def judge(attempts: Sequence[Attempt], results: Mapping[int, Result]) -> tuple[Check, ...]:
    """Return a check for each attempt; `results` are what the probe pods printed, by the attempt's index.

    A refusal counts only if in the same run the same target answered its own slice, and the refused pod could reach
    something: else nothing listens there, or the pod's own network is down, and both look like a refusal.
    """
    held = [_works(attempt, results.get(index)) for index, attempt in enumerate(attempts)]
    paired = list(zip(attempts, held, strict=True))
    answering = {(attempt.host, attempt.port) for attempt, works in paired if works and attempt.kind == "answers"}
    connected = {attempt.slice for attempt, works in paired if works and attempt.kind != "refused"}
    return tuple(
        _check(attempt, results.get(index), works=works, vacuous=_vacuous(attempt, answering, connected))
        for index, (attempt, works) in enumerate(paired)
    )


def _works(attempt: Attempt, result: Result | None) -> bool:
    """Whether a name has its address, or a connection came about."""
    if result is None or not attempt.host:
        return False
    if attempt.kind == "dns":
        return bool(attempt.expected) and result["address"] == attempt.expected
    return float(result["connected"]) > 0


def _vacuous(attempt: Attempt, answering: set[tuple[str, int]], connected: set[str]) -> str:
    """Say why a refusal would prove nothing, empty if it does."""
    if attempt.kind != "refused":
        return ""
    if (attempt.host, attempt.port) not in answering:
        return "proves nothing: it doesn't answer its own slice either"
    return "" if attempt.slice in connected else "proves nothing: its pod reaches nothing at all"


def _check(attempt: Attempt, result: Result | None, *, works: bool, vacuous: str) -> Check:
    declared = {"dns": attempt.expected or "an address", "answers": "answers", "opened": "open", "refused": "refused"}
    measured = _measured(attempt, result)
    tried = result is not None and bool(attempt.host)
    if attempt.kind == "refused":
        ok = tried and not works and not vacuous
        measured = f"{measured}, {vacuous}" if vacuous and not works else measured
    else:
        ok = works
    return Check(attempt.kind, attempt.slice, attempt.peer, declared[attempt.kind], measured, "", ok)


def _measured(attempt: Attempt, result: Result | None) -> str:
    if not attempt.host:
        return "nothing of it runs"
    if result is None:
        return "no result"
    if attempt.kind == "dns":
        return str(result["address"]) or "no answer"
    if result["http"] != "000":
        return f"HTTP {result['http']}"
    if float(result["connected"]) > 0:
        return "connected"
    return _EXITS.get(result["exit"], f"curl ended with {result['exit']}")
