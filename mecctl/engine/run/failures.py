"""What went wrong in a run: every failure is kept until the end, and no secret gets out with it."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.engine.run.mask import Mask
    from mecctl.engine.run.outcome import Outcome
    from mecctl.plan.progress import Progress

# How the SDK says that the engine doesn't declare a feature; advice to update a CLI that isn't there helps nobody.
_REFUSED = re.compile(r"The Pulumi CLI does not support (.*?)\. Please update the Pulumi CLI")


@dataclass(frozen=True)
class Failure:
    """One resource, or the program itself (`urn` empty), and its error."""

    urn: str
    label: str
    error: MecctlError

    def __str__(self) -> str:
        return "\n    ".join(f"{self.label}: {self.error}".splitlines())


class ProgramError(MecctlError):
    """A run failed in part: `failures` are all that went wrong, `outcome` is what was done all the same."""

    def __init__(self, project: str, failures: tuple[Failure, ...], outcome: Outcome) -> None:
        many = f"{len(failures)} things failed" if len(failures) > 1 else "something failed"
        told = "".join(f"\n  {failure}" for failure in failures)
        super().__init__(f"{many} in the program {project}:{told}", fix="mend it, then run the same command again")
        self.failures = failures
        self.outcome = outcome


def unreachable(failures: tuple[Failure, ...]) -> UnreachableError | None:
    """Return the one error to tell when every failure is that the cluster can't be reached, else None."""
    errors = [failure.error for failure in failures if isinstance(failure.error, UnreachableError)]
    return errors[0] if len(errors) == len(failures) else None


def of_program(error: BaseException, directory: Path, mask: Mask, progress: Progress) -> Failure:
    """Return what a program raised as a failure; its traceback goes to the log."""
    if isinstance(error, MecctlError):
        return Failure("", "the program", mask.error(error))
    progress.log(mask.text("".join(traceback.format_exception(error))))
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(f"{directory}/")
    ]
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(directory)
    said = mask.text(f"{type(error).__name__}: {error}")
    if refused := _REFUSED.search(said):
        fix = "leave that out of the program, or run it with engine: pulumi"
        return Failure("", "the program", MecctlError(f"it uses {refused[1]}, which the engine doesn't do", fix=fix))
    return Failure("", "the program", MecctlError("it stopped with an error", where=where, why=said))
