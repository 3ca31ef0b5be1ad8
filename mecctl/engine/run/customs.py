"""Custom resources of one run: what each needs is decided, told, and carried out."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects.fields import fields
from mecctl.engine.objects.kinds import refuse_object
from mecctl.engine.objects.objects import checked, is_autonamed, to_api
from mecctl.engine.objects.values import has_unknown
from mecctl.engine.steps import imports
from mecctl.engine.steps.decide import decide
from mecctl.engine.steps.decision import Decision, Query, identity
from mecctl.engine.steps.draft import draft
from mecctl.engine.steps.patches import forced, manager_of
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.run.mode import Mode
    from mecctl.engine.state import Resource
    from mecctl.engine.steps.actor import Actor

_ELSEWHERE = "its provider leads to another cluster"


class Customs:
    """Makes resources that stand for objects; safe between threads."""

    def __init__(self, providers: Providers, actor: Actor, ledger: Ledger, mode: Mode) -> None:
        self._providers, self._actor, self._ledger, self._mode = providers, actor, ledger, mode
        self._lock = threading.Lock()
        self._missing: list[tuple[Goal, str]] = []

    def make(self, goal: Goal, old: Resource | None, parent: Resource | None) -> Resource:
        """Make what the program wants of what was there, if anything was. Raises MecctlError."""
        provider = self._providers.refer(goal)
        if importing := imports.wanted(goal, old):
            goal = imports.named(goal)
        inputs = checked(goal, old.inputs if old else None)
        refuse_object(goal.type, to_api(inputs))
        resource = replace(draft(goal, inputs, old, parent), provider=provider)
        decision = self._decide(goal, resource, old, importing=importing)
        if decision.action == "replace" and old:
            if old.protect:
                raise MecctlError(f"it would be replaced ({decision.reason}), but is marked as protected")
            if is_autonamed(inputs) and not goal.delete_before_replace and not decision.elsewhere:
                resource = replace(resource, inputs=checked(goal, replaced=old.id))
        return self._carry_out(goal, replace(resource, id=self._id(resource, old)), old, decision)

    def check_missing(self, promised: set[str]) -> None:
        """In a preview: fail what needs a namespace or a kind that is neither there nor `promised`."""
        for goal, missing in self._missing:
            if missing not in promised:
                error = MecctlError(f"it needs {missing}, which is not there and not in the program")
                self._ledger.fail(goal.urn, f"{goal.type} {goal.name}", error)

    def _decide(self, goal: Goal, resource: Resource, old: Resource | None, *, importing: bool) -> Decision:
        provider, obj = resource.provider, to_api(resource.inputs)
        # While a preview doesn't know the kubeconfig yet, the cluster is taken to be the one from before.
        client = self._providers.client(provider) or (self._providers.client(old.provider) if old else None)
        if client is None:
            return Decision("import" if importing else "create", "is new")
        access = self._providers.access(provider)
        force = self._mode.force_conflicts or bool(access and access.patch_force) or forced(obj)
        query = Query(client, goal, obj, self._mode.dry, manager_of(resource, old), force)
        if importing:
            return imports.adopt(query)
        if old and self._providers.apart(old.provider, provider):
            found = decide(query, None)
            return replace(found, action="replace", reason=_ELSEWHERE, elsewhere=True)
        return decide(query, old)

    def _carry_out(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision) -> Resource:
        if decision.missing:
            with self._lock:
                self._missing.append((goal, decision.missing))
        if decision.action == "same":
            self._ledger.same(goal.urn)
            return self._actor.carry_out(goal, resource, old, decision, self._ledger.log)
        told = fields(decision.live, decision.wanted, resource, old, self._ledger.mask.text)
        with self._ledger.doing(decision.action, resource, decision.reason, told) as tell:
            return self._actor.carry_out(goal, resource, old, decision, tell)

    def _id(self, resource: Resource, old: Resource | None) -> str:
        obj = to_api(resource.inputs)
        if has_unknown(obj["metadata"].get("name")) or has_unknown(obj["metadata"].get("namespace")):
            return old.id if old else ""
        client = self._providers.client(resource.provider)
        try:
            if client:
                return identity(client, obj)
        except KubeError as error:
            if error.reason != "NoKind":
                raise
        return "/".join(filter(None, (obj["metadata"].get("namespace"), obj["metadata"]["name"])))
