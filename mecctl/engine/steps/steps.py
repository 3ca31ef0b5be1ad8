"""Carries out decisions about Kubernetes objects, one at a time.

`Steps` acts; `Preview` tells what `Steps` would leave behind. Both return the resource as it then is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.objects.objects import live_of, predicted, to_api, to_outputs
from mecctl.engine.steps.actor import Actor
from mecctl.engine.steps.patches import in_use, manager_of, relinquish
from mecctl.engine.steps.work import Work, delete

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.sdk.hooks import Hooks
    from mecctl.engine.state import Resource, StackState
    from mecctl.engine.steps.actor import Tell
    from mecctl.engine.steps.decision import Decision


class Preview(Actor):
    """Changes nothing; what only the server can say is unknown."""

    def _act(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, _tell: Tell) -> Resource:
        stays = (resource.is_patch and decision.live is not None) or decision.action in ("same", "update", "import")
        shown = decision.wanted if stays and decision.wanted else predicted(to_api(resource.inputs), decision.wanted)
        outputs = to_outputs(shown, resource.inputs, goal.secret_outputs, manager_of(resource, old))
        return replace(resource, id=old.id if old and stays else resource.id, outputs=outputs)

    def _remove(self, resource: Resource, *, along: bool) -> None:
        """Leave it: that it would go is told by the caller."""


class Steps(Actor):
    """Changes the clusters and keeps the state in step with them."""

    def __init__(self, providers: Providers, state: StackState, hooks: Hooks) -> None:
        super().__init__(hooks)
        self._providers = providers
        self._state = state

    def _act(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, tell: Tell) -> Resource:
        client = self._providers.known(resource.provider)
        return Work(client, self._state, goal, tell, self.delete, manager_of(resource, old)).do(resource, old, decision)

    def _remove(self, resource: Resource, *, along: bool) -> None:
        """Delete a resource's object, if it has one that is still there and isn't kept; take it out of the state."""
        self._providers.stop.check()
        kept = along or not resource.has_object or resource.retain_on_delete
        kept = kept or (resource.delete and in_use(resource, self._state.resources.values()))
        if not kept:
            client = self._providers.known(resource.provider)
            if resource.is_patch:
                relinquish(client, resource)
            else:
                delete(client, live_of(resource.outputs), resource.timeouts)
        self._state.drop(resource)
