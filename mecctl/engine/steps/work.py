"""Makes a decision about one object true, each step of it recorded before the next."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mecctl.engine import readiness
from mecctl.engine.kube import FIELD_MANAGER, KubeError
from mecctl.engine.objects.kinds import propagation
from mecctl.engine.objects.objects import Object, is_terminating, managers, title, to_api, to_outputs
from mecctl.engine.state.stack import now
from mecctl.engine.steps.decision import identity
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.state import Resource, StackState
    from mecctl.engine.steps.actor import Tell
    from mecctl.engine.steps.decision import Decision

_GONE_WITHIN = 300.0  # seconds for a delete, unless the program says otherwise
_SERVED_WITHIN = 30.0  # seconds for a kind or a namespace that this run brings along
_PAUSE = 0.2
NOT_READY = "created, not ready yet"


def delete(client: KubeClient, live: Object, timeouts: Mapping[str, float]) -> None:
    """Delete the very object that was seen as `live`, and return when it is gone."""
    within = timeouts.get("delete") or readiness.timeout(live) or _GONE_WITHIN
    client.delete(live, wait=within, propagation=propagation(live))


@dataclass(frozen=True)
class Work:
    """One resource being worked on in its cluster; `remove` deletes what another resource stands for."""

    client: KubeClient
    state: StackState
    goal: Goal
    tell: Tell
    remove: Callable[[Resource], None]
    manager: str = FIELD_MANAGER

    def do(self, resource: Resource, old: Resource | None, decision: Decision) -> Resource:
        """Return the resource as it then is. Raises MecctlError, with everything that was done in the state."""
        if decision.action == "create":
            return self._create(resource, decision)
        if decision.action == "replace":
            return self._replace(resource, old, decision)
        sent = decision.sent or to_api(resource.inputs)
        if decision.action == "import":
            return self._adopt(resource, self.client.apply(sent, force=True))
        if decision.action == "update":
            return self._finish(resource, self.client.apply(sent, force=decision.force, manager=self.manager), "update")
        return self._keep(resource, old, decision.live or {}, sent)

    def _create(self, resource: Resource, decision: Decision, replaced: Resource | None = None) -> Resource:
        obj, there = to_api(resource.inputs), decision.live
        if there is not None and is_terminating(there):
            self.client.wait_gone(there, self.goal.timeouts.get("delete", _GONE_WITHIN))
        self.state.intend(resource)
        try:
            live, created = self._apply_new(obj, force=decision.force and self.manager != FIELD_MANAGER)
        except KubeError as error:
            if error.status < 500:  # refused, so for certain not made
                self.state.forget(resource.urn)
            raise
        if self.manager == FIELD_MANAGER and not created and managers(live) != [FIELD_MANAGER]:
            raise MecctlError(
                f"{title(obj)} was made by someone else in this very moment",
                why=f"written by: {', '.join(managers(live))}",
                fix="delete it if it isn't needed, or take it out of the program",
            )
        made = replace(resource, id=identity(self.client, obj), created=now())
        return self._finish(made, live, "create", replaced)

    def _apply_new(self, obj: Object, *, force: bool) -> tuple[Object, bool]:
        """Apply, waiting for the kind or the namespace if this run is just making it."""
        deadline = time.monotonic() + _SERVED_WITHIN
        while True:
            try:
                return self.client.apply_status(obj, force=force, manager=self.manager)
            except KubeError as error:
                # A fresh CRD answers 404 until it is established, and no event says when its path is there.
                if error.status != 404 or time.monotonic() > deadline:
                    raise
            self.client.stop.pause(_PAUSE)

    def _keep(self, resource: Resource, old: Resource | None, live: Object, sent: Object) -> Resource:
        if old is None or old.inputs != resource.inputs:
            # No field changes; this makes the fields ours that the program took up, and frees those it let go of.
            live = self.client.apply(sent, manager=self.manager)
        kept = replace(resource, outputs=self._outputs(live, resource))
        if old is None or replace(kept, outputs=old.outputs) != old:
            self.state.put(kept)
        else:
            self.state.refresh(kept)
        return kept

    def _adopt(self, resource: Resource, live: Object) -> Resource:
        """Record an object that was there; nothing is noted before, since nothing is made that could get lost."""
        adopted = replace(
            resource, id=identity(self.client, live), outputs=self._outputs(live, resource), created=now()
        )
        self.state.put(adopted)
        return adopted

    def _replace(self, resource: Resource, old: Resource | None, decision: Decision) -> Resource:
        if old is None:  # an object of ours that the state had lost
            delete(self.client, decision.live or {}, self.goal.timeouts)
            return self._create(resource, replace(decision, live=None))
        in_the_way = not decision.elsewhere and identity(self.client, to_api(resource.inputs)) == old.id
        if in_the_way or self.goal.delete_before_replace:
            self.remove(old)
            return self._create(resource, replace(decision, live=None))
        return self._create(resource, decision, replace(old, delete=True))

    def _finish(self, resource: Resource, live: Object, verb: str, replaced: Resource | None = None) -> Resource:
        """Record the object at once (and what it replaced), and again when it is ready."""
        done = replace(resource, outputs=self._outputs(live, resource), init_errors=(), modified=now())
        condemned = [replaced] if replaced else []
        if not readiness.needed(live):
            self.state.put(*condemned, done)
            return done
        self.state.put(*condemned, replace(done, init_errors=(NOT_READY,)))
        ready = readiness.wait(self.client, live, self.goal.timeouts.get(verb), self.tell)
        done = replace(done, outputs=self._outputs(ready, resource))
        self.state.put(done)
        return done

    def _outputs(self, live: Object, resource: Resource) -> dict[str, object]:
        return to_outputs(live, resource.inputs, self.goal.secret_outputs, self.manager)
