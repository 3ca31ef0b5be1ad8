"""The error tree, and the exit code each branch ends with.

MecctlError            1  failed
├── InputError         3  a file or flag is wrong: place, what, what is allowed
├── UnreachableError   4  a machine or cluster can't be reached
├── LockedError        5  someone else holds the site's lock
└── CommandError       1  an outside program failed
An interrupt ends with 130; `plan --exit-code` with 2 when changes are pending.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class MecctlError(Exception):
    """What happened, where, why if known, and the next step; printed without a traceback."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, why: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        tail = [f"  because: {self.why}"] if self.why else []
        return "\n".join([head, *tail, *([f"  to fix: {self.fix}"] if self.fix else [])])


@dataclass(frozen=True)
class Problem:
    """One fault of an input file: `file:line: field: what is wrong; what is allowed`."""

    file: str
    line: int | None
    field: str
    what: str
    allowed: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = f"{self.field}: {self.what}" if self.field else self.what
        return f"{place}: {said}" + (f"; {self.allowed}" if self.allowed else "")


class InputError(MecctlError):
    """The input is wrong; carries every problem found, not only the first."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnreachableError(MecctlError):
    """A machine or a cluster does not answer, which says nothing about its state."""

    exit_code = 4


class LockedError(MecctlError):
    """Another live run holds the site's lock."""

    exit_code = 5


class CommandError(MecctlError):
    """An outside program failed, timed out or isn't installed; its output is kept."""

    def __init__(
        self, what: str, *, output: str = "", where: str | None = None, why: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(what, where=where, why=why, fix=fix)
        self.output = output
