"""A step of a workflow: one side that looks, one side that acts, and what either found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.errors import MecctlError
    from mecctl.plan.change import Change
    from mecctl.plan.check import Check


@dataclass(frozen=True)
class Outcome:
    """What a step found or did. Failure is a result: errors stand beside the changes that were still made.

    `unknown` is the reason why the step can't say yet what it would change. `blocks` means that later steps have
    nothing to stand on; without it they go on in spite of `errors`, so that one dead node doesn't stop the others.
    `notes` say what can't be honoured as it is declared, or will be a failure one day, and what to do.
    `executions` counts, for each node that was asked, how often a module ran there.
    """

    changes: tuple[Change, ...] = ()
    errors: tuple[MecctlError, ...] = ()
    checks: tuple[Check, ...] = ()
    unknown: str | None = None
    blocks: bool = False
    executions: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A named step; `plan` only reads, `apply` makes exactly the changes that `plan` lists."""

    name: str
    plan: Callable[[], Outcome]
    apply: Callable[[], Outcome]


def nothing() -> Outcome:
    """Plan of a step that changes nothing, such as a proof."""
    return Outcome()
