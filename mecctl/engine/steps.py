"""Carries out decisions about Kubernetes objects, one at a time, each step of it recorded before the next.

`Steps` acts; `Preview` tells what `Steps` would leave behind. Both return the resource as it then is.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine import readiness
from mecctl.engine.actor import Actor
from mecctl.engine.decision import identity
from mecctl.engine.kinds import propagation
from mecctl.engine.kube import FIELD_MANAGER, KubeError
from mecctl.engine.objects import (
    Object,
    is_terminating,
    live_of,
    managers,
    predicted,
    title,
    to_api,
    to_outputs,
)
from mecctl.engine.state.stack import now
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.actor import Tell
    from mecctl.engine.decision import Decision
    from mecctl.engine.goal import Goal
    from mecctl.engine.hooks import Hooks
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.state import Resource, StackState

_GONE_WITHIN = 300.0  # seconds for a delete, unless the program says otherwise
_SERVED_WITHIN = 30.0  # seconds for a kind or a namespace that this run brings along
_PAUSE = 0.2
NOT_READY = "created, not ready yet"


class Preview(Actor):
    """Changes nothing; what only the server can say is unknown."""

    def _act(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, _tell: Tell) -> Resource:
        stays = decision.action in ("same", "update")
        shown = decision.wanted if stays and decision.wanted else predicted(to_api(resource.inputs), decision.wanted)
        outputs = to_outputs(shown, resource.inputs, goal.secret_outputs)
        return replace(resource, id=old.id if old and stays else resource.id, outputs=outputs)

    def _remove(self, resource: Resource) -> None:
        """Leave it: that it would go is told by the caller."""


class Steps(Actor):
    """Changes the cluster and keeps the state in step with it."""

    def __init__(self, client: KubeClient, state: StackState, hooks: Hooks) -> None:
        super().__init__(hooks)
        self._client = client
        self._state = state

    def _act(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, tell: Tell) -> Resource:
        if decision.action == "create":
            return self._create(goal, resource, decision.live, tell)
        if decision.action == "replace":
            return self._replace(goal, resource, old, decision, tell)
        sent = decision.sent or to_api(resource.inputs)
        if decision.action == "update":
            return self._finish(goal, resource, self._client.apply(sent, force=decision.force), "update", tell)
        return self._keep(goal, resource, old, decision.live or {}, sent)

    def _remove(self, resource: Resource) -> None:
        """Delete a resource's object (if it has one and isn't to be kept) and take it out of the state."""
        self._client.stop.check()
        if resource.has_object and not resource.retain_on_delete and not self._in_use(resource):
            self._delete(live_of(resource.outputs))
        self._state.drop(resource)

    def _create(
        self, goal: Goal, resource: Resource, there: Object | None, tell: Tell, replaced: Resource | None = None
    ) -> Resource:
        obj = to_api(resource.inputs)
        if there is not None and is_terminating(there):
            self._client.wait_gone(there, goal.timeouts.get("delete", _GONE_WITHIN))
        self._state.intend(resource)
        try:
            live, created = self._apply_new(obj)
        except KubeError as error:
            if error.status < 500:  # refused, so for certain not made
                self._state.forget(resource.urn)
            raise
        if not created and managers(live) != [FIELD_MANAGER]:
            raise MecctlError(
                f"{title(obj)} was made by someone else in this very moment",
                why=f"written by: {', '.join(managers(live))}",
                fix="delete it if it isn't needed, or take it out of the program",
            )
        made = replace(resource, id=identity(self._client, obj), created=now())
        return self._finish(goal, made, live, "create", tell, replaced)

    def _apply_new(self, obj: Object) -> tuple[Object, bool]:
        """Apply, waiting for the kind or the namespace if this run is just making it."""
        deadline = time.monotonic() + _SERVED_WITHIN
        while True:
            try:
                return self._client.apply_status(obj)
            except KubeError as error:
                # A fresh CRD answers 404 until it is established, and no event says when its path is there.
                if error.status != 404 or time.monotonic() > deadline:
                    raise
            self._client.stop.pause(_PAUSE)

    def _keep(self, goal: Goal, resource: Resource, old: Resource | None, live: Object, sent: Object) -> Resource:
        if old is None or old.inputs != resource.inputs:
            # No field changes; this makes the fields ours that the program took up, and frees those it let go of.
            live = self._client.apply(sent)
        kept = replace(resource, outputs=to_outputs(live, resource.inputs, goal.secret_outputs))
        if old is None or replace(kept, outputs=old.outputs) != old:
            self._state.put(kept)
        else:
            self._state.refresh(kept)
        return kept

    def _replace(
        self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision, tell: Tell
    ) -> Resource:
        if old is None:  # an object of ours that the state had lost
            self._delete(decision.live or {})
            return self._create(goal, resource, None, tell)
        if identity(self._client, to_api(resource.inputs)) == old.id or goal.delete_before_replace:
            self.delete(old)
            return self._create(goal, resource, None, tell)
        return self._create(goal, resource, decision.live, tell, replace(old, delete=True))

    def _finish(
        self, goal: Goal, resource: Resource, live: Object, verb: str, tell: Tell, replaced: Resource | None = None
    ) -> Resource:
        """Record the object at once (and what it replaced), and again when it is ready."""
        outputs = to_outputs(live, resource.inputs, goal.secret_outputs)
        done = replace(resource, outputs=outputs, init_errors=(), modified=now())
        condemned = [replaced] if replaced else []
        if not readiness.needed(live):
            self._state.put(*condemned, done)
            return done
        self._state.put(*condemned, replace(done, init_errors=(NOT_READY,)))
        ready = readiness.wait(self._client, live, goal.timeouts.get(verb), tell)
        done = replace(done, outputs=to_outputs(ready, resource.inputs, goal.secret_outputs))
        self._state.put(done)
        return done

    def _in_use(self, condemned: Resource) -> bool:
        """Whether the object of a replaced resource has become that of another, as when a change was taken back."""
        uid = live_of(condemned.outputs)["metadata"].get("uid")
        every = self._state.resources.values() if condemned.delete else ()
        return any(live_of(one.outputs)["metadata"].get("uid") == uid for one in every if one.has_object)

    def _delete(self, live: Object) -> None:
        self._client.delete(live, wait=_GONE_WITHIN, propagation=propagation(live))
