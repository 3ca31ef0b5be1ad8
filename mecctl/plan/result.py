"""What a whole run found or did, and the exit code that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.errors import UnreachableError

if TYPE_CHECKING:
    from mecctl.errors import MecctlError
    from mecctl.plan.change import Change
    from mecctl.plan.check import Check
    from mecctl.plan.step import Outcome


@dataclass(frozen=True)
class StepResult:
    """One step's outcome and how long it took, in seconds; `skipped` says why it did not run."""

    name: str
    outcome: Outcome
    seconds: float
    skipped: str | None = None


@dataclass(frozen=True)
class RunResult:
    """All steps of one run over one site, in order."""

    site: str
    steps: tuple[StepResult, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change, in the order of the steps."""
        return tuple(change for step in self.steps for change in step.outcome.changes)

    @property
    def errors(self) -> tuple[MecctlError, ...]:
        """Every failure, in the order of the steps."""
        return tuple(error for step in self.steps for error in step.outcome.errors)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every promise that was measured."""
        return tuple(check for step in self.steps for check in step.outcome.checks)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What can't be said yet, and why."""
        return tuple(f"{step.name}: {step.outcome.unknown}" for step in self.steps if step.outcome.unknown)

    @property
    def notes(self) -> tuple[str, ...]:
        """What can't be honoured as it is declared, and what will be a failure one day."""
        return tuple(note for step in self.steps for note in step.outcome.notes)

    @property
    def ok(self) -> bool:
        """Whether nothing failed and every promise held."""
        return not self.errors and all(check.ok for check in self.checks)

    @property
    def pending(self) -> bool:
        """Whether an `up` would have anything to do; what isn't known counts as pending."""
        return bool(self.changes or self.unknown)

    @property
    def exit_code(self) -> int:
        """0, or the code of the failures: unreachable (4) only when nothing worse happened."""
        if self.ok:
            return 0
        codes = {error.exit_code for error in self.errors}
        return UnreachableError.exit_code if codes == {UnreachableError.exit_code} else max(codes - {4}, default=1)
