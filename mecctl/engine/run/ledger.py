"""What a run has done and what failed, written down as it happens and told to whoever watches."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.engine.objects.values import for_caller
from mecctl.engine.run.events import Deaf, Event
from mecctl.engine.run.failures import Failure, ProgramError, of_program, unreachable
from mecctl.engine.run.mask import Mask
from mecctl.engine.run.outcome import Outcome, ResourceAction, ResourceChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mecctl.engine.objects.fields import FieldDiff
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.objects.values import Properties
    from mecctl.engine.run.events import Listener
    from mecctl.engine.state import Resource
    from mecctl.errors import MecctlError
    from mecctl.plan.progress import Progress


class Ledger:
    """Keeps changes and failures of one run; safe between threads. No secret that `mask` has learnt gets out."""

    def __init__(self, progress: Progress, listener: Listener | None = None) -> None:
        self.mask = Mask()
        self._progress = progress
        self._listener = listener or Deaf()
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
        self._listener.resource(Event(urn, "failed", name=label))

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
        self._listener.resource(Event(urn, "skipped"))
        return True

    def seen(self, goal: Goal) -> None:
        """Tell that the program asks for a resource."""
        self._listener.resource(Event(goal.urn, "seen", "", goal.parent, goal.type, goal.name))

    def same(self, urn: str) -> None:
        """Tell that a resource stays as it is."""
        self._listener.resource(Event(urn, "same"))

    def log(self, text: str) -> None:
        """Pass on a line of detail."""
        self._progress.log(self.mask.text(text))

    @contextmanager
    def doing(
        self, action: ResourceAction, resource: Resource, reason: str, fields: tuple[FieldDiff, ...] = ()
    ) -> Iterator[Callable[[str], None]]:
        """Tell that a change is under way, and keep it once it is done; yields what tells what is waited for."""
        task = f"{action} {resource.type.rpartition(':')[2]} {resource.id or resource.name}"
        about = (resource.parent, resource.type, resource.name)

        def tell(why: str) -> None:
            said = self.mask.text(why)
            self._progress.advance(task, 0, said)
            self._listener.resource(Event(resource.urn, "waiting", said, *about))

        self._listener.resource(Event(resource.urn, "running", action, *about))
        self._progress.begin(task)
        try:
            yield tell
        finally:
            self._progress.end(task)
        change = ResourceChange(
            resource.urn, resource.type, resource.name, action, self.mask.text(reason), resource.id, fields
        )
        with self._lock:
            self._changes.append(change)
        self._listener.resource(Event(resource.urn, "done", action, *about))

    def counts(self) -> Counter[str]:
        """Return how many changes of each kind were made."""
        with self._lock:
            return Counter(change.action for change in self._changes)

    def outcome(self, project: str, outputs: Properties) -> Outcome:
        """Return what was done. Raises ProgramError when anything failed, UnreachableError when that was all."""
        changes = sorted(self._changes, key=lambda change: (change.action == "delete", change.urn))
        outcome = Outcome(tuple(changes), for_caller(outputs))
        if self._failures:
            failures = tuple(self._failures)
            raise unreachable(failures) or ProgramError(project, failures, outcome)
        return outcome
