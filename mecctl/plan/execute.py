"""Run steps in order, in one of two modes, and keep what each found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, Protocol

from mecctl.errors import MecctlError
from mecctl.plan.result import RunResult, StepResult
from mecctl.plan.step import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.plan.step import Step


class Listener(Protocol):
    """Hears of each step; the command line draws from it."""

    def step_started(self, name: str) -> None:
        """A step begins."""

    def step_finished(self, result: StepResult) -> None:
        """A step has ended or was skipped."""


def execute(site: str, steps: Iterable[Step], mode: Literal["plan", "apply"], listener: Listener) -> RunResult:
    """Run `steps` for `site`; after a blocking failure the rest is skipped, and says so.

    The only place where a step's MecctlError becomes data; anything else is a defect and passes through.
    """
    results: list[StepResult] = []
    blocked: str | None = None
    for step in steps:
        listener.step_started(step.name)
        result = StepResult(step.name, Outcome(), 0.0, f"{blocked} failed") if blocked else _run(step, mode)
        blocked = blocked or (step.name if result.outcome.blocks else None)
        listener.step_finished(result)
        results.append(result)
    return RunResult(site, tuple(results))


def _run(step: Step, mode: Literal["plan", "apply"]) -> StepResult:
    began = time.monotonic()
    try:
        outcome = step.plan() if mode == "plan" else step.apply()
    except MecctlError as error:
        outcome = Outcome(errors=(error,), blocks=True)
    return StepResult(step.name, outcome, time.monotonic() - began)
