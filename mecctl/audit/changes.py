"""What changed since the last audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.audit.control import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mecctl.audit.assess import Audit
    from mecctl.audit.control import Answer

Record = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """Controls (`benchmark/id`) that fail since the last audit, and those that no longer do; `since` is its time."""

    since: str
    failing: tuple[str, ...]
    mended: tuple[str, ...]


def record(audit: Audit, at: str, last: Record | None) -> Record:
    """Return `{at, results: {benchmark/id: result}}`, to be compared with; what couldn't be asked stays as it was."""
    before = (last or {}).get("results", {})
    results = {_key(one): str(one.result) for one in _known(audit.answers)}
    return {"at": at, "results": {**{key: value for key, value in before.items() if key not in results}, **results}}


def changes(audit: Audit, last: Record | None) -> Changes | None:
    """Return what changed since the audit on record; None where there is none."""
    if last is None:
        return None
    before: Mapping[str, str] = last["results"]
    now = {_key(one): one.result for one in _known(audit.answers)}
    failed = {key for key, result in now.items() if result is Result.failed}
    return Changes(
        last["at"],
        tuple(key for key in now if key in failed and before.get(key) != Result.failed),
        tuple(key for key in now if key not in failed and before.get(key) == Result.failed),
    )


def _known(answers: Iterable[Answer]) -> list[Answer]:
    return [one for one in answers if not one.unseen]


def _key(answer: Answer) -> str:
    return f"{answer.benchmark}/{answer.control.id}"
