"""How long work tells what it is doing, so that nothing below the command line ever prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A listener to tasks that take time; a task is known by its label."""

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        """Say that `task` starts; `total` is None when nobody knows how much there is to do."""

    def advance(self, task: str, done: float, note: str = "") -> None:
        """Say how much of `task` is done so far (absolute, in its unit)."""

    def end(self, task: str, note: str = "") -> None:
        """Say that `task` has ended."""

    def log(self, text: str) -> None:
        """Say a line of detail, shown when the user asked for details."""


class Silent:
    """A Progress that says nothing, for callers that don't watch."""

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        """Ignore it."""

    def advance(self, task: str, done: float, note: str = "") -> None:
        """Ignore it."""

    def end(self, task: str, note: str = "") -> None:
        """Ignore it."""

    def log(self, text: str) -> None:
        """Ignore it."""
