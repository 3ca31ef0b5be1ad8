"""What Ansible's events say: progress while they come, and at the end each node's changes and failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError, UnreachableError
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mecctl.plan.progress import Progress

OnTrial = Callable[[str, float], None]  # hears of a node and of the seconds that its new packet filter stays
MODULES = ("node_state", "join_secrets", "renew")  # what runs on a node; all else is Ansible's own bookkeeping
TELLING = ("runner_on_failed", "runner_on_unreachable", "playbook_on_stats")


@dataclass(frozen=True)
class Played:
    """What a playbook changed or would change, which nodes failed and why, and how often a module ran on each.

    `unknown` says what can't be known before the changes are made. The keys of `executions` are all nodes asked.
    """

    changes: tuple[Change, ...]
    failures: Mapping[str, MecctlError]
    executions: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    diffs: Mapping[str, tuple[dict[str, str], ...]] | None = None


class Events:
    """Listens to one run over `nodes`."""

    def __init__(self, nodes: Iterable[str], progress: Progress, on_trial: OnTrial = lambda *_: None) -> None:
        self._on_trial = on_trial
        self._executions = Counter(dict.fromkeys(nodes, 0))
        self._progress = progress
        self._task = ""
        self._done = 0
        self._changes: list[Change] = []
        self._failures: dict[str, MecctlError] = {}
        self._later: dict[str, list[Change]] = {}
        self._unknown: list[str] = []
        self._diffs: dict[str, tuple[dict[str, str], ...]] = {}

    def handle(self, event: dict[str, Any]) -> bool:
        """Take one event; says whether it is worth keeping on disk."""
        kind, data = event.get("event", ""), event.get("event_data", {})
        if kind == "playbook_on_task_start" and data.get("task_action") != "meta":
            self._start(data.get("task", ""))
        elif kind in ("runner_on_ok", "runner_on_failed", "runner_on_unreachable"):
            self._done += 1
            self._progress.advance(self._task, self._done, data["host"])
            self._take(kind, data["host"], data.get("task_action", ""), data.get("res") or {})
            if seconds := (data.get("res") or {}).get("trial"):
                self._on_trial(data["host"], float(seconds))
        return kind in TELLING

    def finish(self) -> None:
        """The run is over."""
        if self._task:
            self._progress.end(self._task)
            self._task = ""

    def played(self, said: str = "", *, check: bool = False) -> Played:
        """What came of the run, or with `check` would come; `said` is what Ansible printed if it broke.

        Raises MecctlError if it broke before any node had a result.
        """
        if said and not self._failures:
            raise MecctlError("the playbook could not be run", why=said, fix="run it again with --verbose")
        waiting = [change for changes in self._later.values() for change in changes] if check else []
        return Played(
            tuple(sorted([*self._changes, *waiting])),
            dict(self._failures),
            dict(self._executions),
            tuple(self._unknown),
            dict(self._diffs),
        )

    def _start(self, task: str) -> None:
        self.finish()
        self._task, self._done = f"nodes: {task[:1].lower()}{task[1:]}", 0
        self._progress.begin(self._task, float(len(self._executions)), "nodes")

    def _take(self, kind: str, host: str, action: str, result: dict[str, Any]) -> None:
        if kind == "runner_on_unreachable":
            self._failures[host] = UnreachableError(
                "the node stopped answering", where=host, why=_last(result), fix="run the same command again"
            )
            return
        if action in MODULES:
            self._executions[host] += int(result.get("executions", 1))
        for change in _changes(host, result.get("changes", [])):
            self._progress.log(f"{change.subject}: {change.reason}")
            self._changes.append(change)
        if kind == "runner_on_failed":
            self._failures[host] = _failure(host, result)
            return
        if "later" in result:
            self._later[host] = _changes(host, result["later"])
        if result.get("unknown"):
            self._unknown.append(f"{host}: {result['unknown']}")
        if result.get("diff"):
            self._diffs[host] = tuple(result["diff"])


def _changes(host: str, listed: list[dict[str, Any]]) -> list[Change]:
    return [Change(f"{host}: {one['subject']}", one["action"], one["reason"]) for one in listed]


def _failure(host: str, result: dict[str, Any]) -> MecctlError:
    crashed = result.get("module_stderr")
    why = result.get("why") or (str(crashed).strip().splitlines()[-1] if crashed else None)
    where = f"{host}: {result['where']}" if result.get("where") else host
    return MecctlError(str(result.get("msg") or "a task failed").strip(), where=where, why=why, fix=result.get("fix"))


def _last(result: dict[str, Any]) -> str | None:
    lines = str(result.get("msg", "")).strip().splitlines()
    return lines[-1] if lines else None
