"""What a run has done and what failed, written down as it happens and told to whoever watches."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.engine.failures import Failure, Mask, ProgramError, of_program, unreachable
from mecctl.engine.outcome import Outcome, ResourceAction, ResourceChange
from mecctl.engine.values import for_caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mecctl.engine.state import Resource
    from mecctl.engine.values import Properties
    from mecctl.errors import MecctlError
    from mecctl.plan.progress import Progress


class Ledger:
    """Keeps changes and failures of one run; safe between threads. No secret that `mask` has learnt gets out."""

    def __init__(self, progress: Progress) -> None:
        self.mask = Mask()
        self._progress = progress
        self._lock = threading.Lock()
        self._changes: list[ResourceChange] = []
        self._failures: list[Failure] = []
        self._failed: set[str] = set()

    @property
    def failed(self) -> bool:
        """Whether anything has failed."""
        return bool(self._failures)

    def fail(self, urn: str, label: str, error: MecctlError) -> None:
        """Keep a failure for the end."""
        with self._lock:
            self._failed.add(urn)
            self._failures.append(Failure(urn, label, self.mask.error(error)))

    def fail_program(self, error: BaseException, directory: Path) -> None:
        """Keep what the program in `directory` raised; its traceback goes to the log."""
        failure = of_program(error, directory, self.mask, self._progress)
        with self._lock:
            self._failures.append(failure)

    def skip(self, urn: str, needs: Iterable[str]) -> bool:
        """Whether a resource is left out because something that it needs failed or was left out."""
        with self._lock:
            if self._failed.isdisjoint(needs):
                return False
            self._failed.add(urn)
            return True

    def log(self, text: str) -> None:
        """Pass on a line of detail."""
        self._progress.log(self.mask.text(text))

    @contextmanager
    def doing(self, action: ResourceAction, resource: Resource, reason: str) -> Iterator[Callable[[str], None]]:
        """Tell that a change is under way, and keep it once it is done; yields what tells what is waited for."""
        task = f"{action} {resource.type.rpartition(':')[2]} {resource.id or resource.name}"
        self._progress.begin(task)
        try:
            yield lambda why: self._progress.advance(task, 0, self.mask.text(why))
        finally:
            self._progress.end(task)
        told = self.mask.text(reason)
        with self._lock:
            self._changes.append(ResourceChange(resource.urn, resource.type, resource.name, action, told, resource.id))

    def outcome(self, project: str, outputs: Properties) -> Outcome:
        """Return what was done. Raises ProgramError when anything failed, UnreachableError when that was all."""
        changes = sorted(self._changes, key=lambda change: (change.action == "delete", change.urn))
        outcome = Outcome(tuple(changes), for_caller(outputs))
        if self._failures:
            failures = tuple(self._failures)
            raise unreachable(failures) or ProgramError(project, failures, outcome)
        return outcome
