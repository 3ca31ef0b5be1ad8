"""One run of a program over one stack: every registration becomes a resource, a failure, or is left out."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.clusters.access import sensitive
from mecctl.engine.objects import urn
from mecctl.engine.objects.kinds import BUILT_IN, PROVIDER
from mecctl.engine.objects.objects import to_outputs
from mecctl.engine.objects.values import Properties, has_unknown
from mecctl.engine.run.customs import Customs
from mecctl.engine.run.leaving import Leaving
from mecctl.engine.run.targets import Selection
from mecctl.engine.steps.draft import draft, promises
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.run.mode import Mode
    from mecctl.engine.state import Resource, StackState
    from mecctl.engine.steps.actor import Actor


class Deployment:
    """Takes registrations from many threads; a resource comes after all that it depends on."""

    def __init__(self, providers: Providers, state: StackState, actor: Actor, ledger: Ledger, mode: Mode) -> None:
        self.ledger, self.actor = ledger, actor
        self.providers, self._state, self._mode = providers, state, mode
        self._selection = Selection(mode.targets)
        self._customs = Customs(providers, actor, ledger, mode)
        self._leaving = Leaving(state, mode.targets)
        self._old = state.resources
        self._lock = threading.Lock()
        self._done: dict[str, Resource] = {}
        self._claimed: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._changed: dict[str, Resource | None] = {}  # components, with what they were

    def register(self, goal: Goal) -> Resource | None:
        """Make the resource as the program wants it; None when it failed or something it needs did."""
        self.ledger.mask.learn(sensitive(goal.type, goal.inputs))
        self.ledger.seen(goal)
        if self.ledger.skip(goal.urn, {goal.urn, *goal.needs()}):
            return None
        try:
            self._claim(goal)
            resource = self._registered(goal)
        except MecctlError as error:
            self.ledger.fail(goal.urn, f"{goal.type} {goal.name}", error)
            return None
        if resource:
            with self._lock:
                self._done[goal.urn] = resource
        return resource

    def _registered(self, goal: Goal) -> Resource | None:
        """Carry out a registration that is a target; leave any other as the state has it, None when it hasn't."""
        if self._selection.takes(goal):
            if goal.type == PROVIDER:
                parent = self._done.get(goal.parent)
                return self.providers.register(goal, self._find(goal), parent, dry=self._mode.dry)
            if goal.custom:
                return self._customs.make(goal, self._find(goal), self._done.get(goal.parent))
            return self._component(goal)
        old = self._find(goal)
        if old is None:
            self._selection.leave_out(goal.urn)
        return old

    def read(self, goal: Goal, api_version: str, kind: str, id_: str) -> Resource:
        """Read an object that something else manages, `id_` being `namespace/name` or `name`. Raises KubeError."""
        namespace, _, name = id_.rpartition("/")
        provider = self.providers.refer(goal)
        live = self.providers.known(provider).get(api_version, kind, name, namespace or None)
        return self._keep_read(goal, id_, to_outputs(live, {}), provider)

    def refer(self, goal: Goal, id_: str, outputs: Properties) -> Resource:
        """Keep a reference to another stack, which exports `outputs`."""
        self.ledger.mask.learn(outputs)
        return self._keep_read(goal, id_, outputs, self.providers.default("", BUILT_IN))

    def _keep_read(self, goal: Goal, id_: str, outputs: Properties, provider: str) -> Resource:
        """Keep in the state what was read."""
        self._claim(goal)
        plain = draft(goal, goal.inputs, self._find(goal), None)
        resource = replace(plain, id=id_, external=True, provider=provider, outputs=outputs)
        self._state.put(resource)
        with self._lock:
            self._done[goal.urn] = resource
        return resource

    def set_outputs(self, urn_: str, outputs: Properties) -> None:
        """Take the outputs of the stack or of a component."""
        self.ledger.mask.learn(outputs)
        with self._lock:
            if urn_ not in self._done:
                return
            if not self._mode.dry:  # what depends on something that failed
                outputs = {name: value for name, value in outputs.items() if not has_unknown(value)}
            resource = self._done[urn_] = replace(self._done[urn_], outputs=outputs)
            changed, old = urn_ in self._changed, self._changed.pop(urn_, None)
        self._state.put(resource)
        if changed:
            self.actor.hooks.after("Update" if old else "Create", resource, old)

    def outputs(self) -> Properties:
        """Return what the stack exports."""
        stack = next((one for one in self._done.values() if one.type == urn.STACK_TYPE), None)
        return stack.outputs if stack else {}

    def find(self, urn_: str) -> Resource | None:
        """Return a resource that this run has registered or read, by its URN."""
        with self._lock:
            return self._done.get(urn_)

    def doomed(self) -> list[Resource]:
        """Return what of the state is to be destroyed. Raises MecctlError like `dropped`."""
        return self._leaving.doomed()

    def dropped(self) -> list[tuple[Resource, str | None]]:
        """Return what the state has and the program no longer asks for, and why; see `Leaving.dropped`."""
        with self._lock:
            kept = self._claimed | set(self._renamed.values()) | self.providers.used()
            return self._leaving.dropped(self._claimed, kept, list(self._done.values()))

    def promised(self) -> set[str]:
        """Return the namespaces and kinds that the program brings, in the words of `Decision.missing`."""
        return {promise for one in self._done.values() for promise in promises(one)}

    def check_missing(self, promised: set[str]) -> None:
        """In a preview: fail what needs a namespace or a kind that is neither there nor `promised`."""
        self._customs.check_missing(promised)

    def _claim(self, goal: Goal) -> None:
        with self._lock:
            if goal.urn in self._claimed:
                raise MecctlError("the program has two resources of this type and name", fix="rename one of them")
            self._claimed.add(goal.urn)

    def _component(self, goal: Goal) -> Resource:
        self.providers.pass_on(goal)
        old = self._find(goal)
        resource = replace(self._draft(goal, goal.inputs, old), outputs=old.outputs if old else {})
        if old is None or old.inputs != resource.inputs:
            self.actor.hooks.before("Update" if old else "Create", resource, old)
            with self._lock:
                self._changed[goal.urn] = old
        self._state.put(resource)
        return resource

    def _find(self, goal: Goal) -> Resource | None:
        """Return what the state knows of the resource, under this URN or one that it had before."""
        if found := self._old.get(goal.urn):
            self.ledger.mask.learn(sensitive(found.type, found.inputs))
            return found
        former = self._renamed.get(goal.parent)
        inherited = [urn.make(self._state.stack, self._state.project, goal.type, goal.name, former)] if former else []
        for alias in (*goal.aliases, *inherited):
            with self._lock:
                found = self._old.get(alias)
                if found is None or alias in self._claimed:
                    continue
                self._renamed[goal.urn] = alias
            self._state.rename(alias, goal.urn)
            self.ledger.mask.learn(sensitive(found.type, found.inputs))
            return replace(found, urn=goal.urn)
        return None

    def _draft(self, goal: Goal, inputs: Properties, old: Resource | None) -> Resource:
        return draft(goal, inputs, old, self._done.get(goal.parent))
