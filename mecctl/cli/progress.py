"""Progress on stderr: bars on a terminal, a line a step elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from mecctl.plan.result import StepResult


class Lines:
    """One line on stderr when a step has ended, and every detail with `verbose`."""

    def __init__(self, *, verbose: bool = False) -> None:
        self.verbose = verbose

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:  # noqa: ARG002
        """Say that a task starts, with `verbose`."""
        self.log(f"{task} ...")

    def advance(self, task: str, done: float, note: str = "") -> None:
        """Lines have no bar to move."""

    def end(self, task: str, note: str = "") -> None:
        """Say that a task has ended, with `verbose`."""
        self.log(f"{task} done {note}".rstrip())

    def log(self, text: str) -> None:
        """Print a detail, with `verbose`."""
        if self.verbose:
            self._say(f"    {text}")

    def step_started(self, name: str) -> None:
        """Say that a step begins, with `verbose`; without it is told of when it ends."""
        self.log(f"{name}:")

    def step_finished(self, result: StepResult) -> None:
        """Print the step's line."""
        self._say(step_line(result))

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")  # in one piece: threads report at the same time
        sys.stderr.flush()


class Live(Lines):
    """Bars that come and go under the lines of the finished steps."""

    def __init__(self, bars: Bars, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        """Draw a bar, or a moving one where the total isn't known."""
        self._tasks[task] = self._bars.add_task(task, total=total, unit=unit, note="")

    def advance(self, task: str, done: float, note: str = "") -> None:
        """Move the bar."""
        if task in self._tasks:
            self._bars.update(self._tasks[task], completed=done, note=note)

    def end(self, task: str, note: str = "") -> None:
        """Take the bar away."""
        if task in self._tasks:
            self._bars.remove_task(self._tasks.pop(task))
        super().end(task, note)

    def step_started(self, name: str) -> None:
        """Draw the step's own bar."""
        self.begin(name)

    def step_finished(self, result: StepResult) -> None:
        """Turn the step's bar into its line."""
        if result.name in self._tasks:
            self._bars.remove_task(self._tasks.pop(result.name))
        super().step_finished(result)

    def _say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)


def step_line(result: StepResult) -> str:
    """One step as a line: mark, name, what came of it, seconds."""
    outcome = result.outcome
    mark = "-" if result.skipped else "✗" if outcome.errors or not all(c.ok for c in outcome.checks) else "✓"
    said = (
        f"skipped: {result.skipped}"
        if result.skipped
        else f"unknown: {outcome.unknown}"
        if outcome.unknown
        else f"{len(outcome.errors)} failed"
        if outcome.errors
        else f"{sum(check.ok for check in outcome.checks)} of {len(outcome.checks)} checks hold"
        if outcome.checks
        else f"{len(outcome.changes)} changes"
        if outcome.changes
        else "nothing to change"
    )
    return f"{mark} {result.name:<12} {said:<28} {result.seconds:6.1f} s"


@contextmanager
def shown(*, verbose: bool) -> Iterator[Lines]:
    """Show progress for the time of a with-block, in the way that stderr allows."""
    if not sys.stderr.isatty():
        yield Lines(verbose=verbose)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Live(bars, verbose=verbose)
