"""How one command over one stack ended, as people and programs get to see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mecctl.engine.run.failures import ProgramError
from mecctl.engine.run.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.run.failures import Failure


@dataclass(frozen=True)
class StackResult:
    """What was done to a stack (`failures` beside it), or in a preview would be."""

    project: str
    stack: str
    engine: str
    outcome: Outcome = field(default_factory=Outcome)
    failures: tuple[Failure, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def exit_code(self) -> int:
        """0, or 1 when anything failed."""
        return 0 if self.ok else 1

    @property
    def destructive(self) -> bool:
        """Whether objects are deleted, to be made anew or for good."""
        return any(change.action in ("delete", "replace") for change in self.outcome.changes)


def kept(project: str, stack: str, engine: str, run: Callable[[], Outcome]) -> StackResult:
    """Run something over a stack; that parts of it failed is a result, everything else is raised on."""
    try:
        return StackResult(project, stack, engine, run())
    except ProgramError as error:
        return StackResult(project, stack, engine, error.outcome, error.failures)
