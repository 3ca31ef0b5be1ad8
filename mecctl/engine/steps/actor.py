"""What makes a decision true, or shows how it would be, with the hooks of the resource around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.sdk.hooks import Hooks
    from mecctl.engine.state import Resource
    from mecctl.engine.steps.decision import Decision

Tell = Callable[[str], None]


class Actor(ABC):
    """Carries out decisions. The hooks of a replacement run before what it replaces is touched."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks

    def carry_out(
        self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, tell: Tell
    ) -> Resource:
        """Return `resource` (inputs set, outputs not) as it is after the decision; `tell` hears what is waited for.

        Raises MecctlError, with everything that was done in the state.
        """
        if decision.action in ("same", "import"):  # nothing is made
            return self._act(goal, resource, old, decision, tell)
        updated = decision.action == "update"
        with self.hooks.around("Update" if updated else "Create", resource, old if updated else None) as made:
            done = self._act(goal, resource, old, decision, tell)
            made(done)
        return done

    def delete(self, resource: Resource, *, along: bool = False) -> None:
        """Make a resource go; its object went `along` with another's. Raises MecctlError, with all that was done."""
        with self.hooks.around("Delete", None, resource):
            self._remove(resource, along=along)

    @abstractmethod
    def _act(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, tell: Tell) -> Resource:
        """Do what `carry_out` says."""

    @abstractmethod
    def _remove(self, resource: Resource, *, along: bool) -> None:
        """Do what `delete` says."""
