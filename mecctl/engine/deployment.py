"""One run of a program over one stack: every registration becomes a resource, a failure, or is left out."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mecctl.engine import imports, urn
from mecctl.engine.access import sensitive
from mecctl.engine.decide import decide
from mecctl.engine.decision import Decision, Query, identity
from mecctl.engine.draft import draft, promises
from mecctl.engine.fields import fields
from mecctl.engine.kinds import BUILT_IN, PROVIDER, refuse_object
from mecctl.engine.kube import KubeError
from mecctl.engine.objects import checked, is_autonamed, to_api, to_outputs
from mecctl.engine.patches import forced, manager_of
from mecctl.engine.targets import Selection
from mecctl.engine.values import Properties, has_unknown
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.actor import Actor
    from mecctl.engine.goal import Goal
    from mecctl.engine.ledger import Ledger
    from mecctl.engine.mode import Mode
    from mecctl.engine.providers import Providers
    from mecctl.engine.state import Resource, StackState

_DROPPED = "is no longer in the program"
_REPLACED = "was replaced by an earlier run"
_ELSEWHERE = "its provider leads to another cluster"


class Deployment:
    """Takes registrations from many threads; a resource comes after all that it depends on."""

    def __init__(self, providers: Providers, state: StackState, actor: Actor, ledger: Ledger, mode: Mode) -> None:
        self.ledger, self.actor = ledger, actor
        self.providers, self._state, self._mode = providers, state, mode
        self._selection = Selection(mode.targets)
        self._old = state.resources
        self._leftovers = state.condemned
        self._lock = threading.Lock()
        self._done: dict[str, Resource] = {}
        self._claimed: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._missing: list[tuple[Goal, str]] = []
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
            return self._custom(goal) if goal.custom else self._component(goal)
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
        targets, every = self._selection.targets, self._everything()
        meant = targets.among(every) - self._held(every)
        targets.check({one.urn for one in every})
        targets.check_left(meant, every)
        return [one for one in every if one.urn in meant]

    def _held(self, every: list[Resource]) -> set[str]:
        """Return the URNs of what has to stay for objects of which nobody knows yet whether they are there."""
        held: set[str] = set()
        more = {urn_ for one in self._state.pending for urn_ in one.needs()}
        while more:
            held |= more
            more = {urn_ for one in every if one.urn in more for urn_ in one.needs()} - held
        return held

    def dropped(self) -> list[tuple[Resource, str | None]]:
        """Return what the state has and the program no longer asks for, and why.

        What this run replaced goes without a reason: it is a part of a change that is told already. Raises MecctlError
        for a target that isn't anywhere, and when what stays, being no target, needs any of it.
        """
        targets = self._selection.targets
        targets.check({*self._old, *self._claimed})
        meant = targets.among(self._everything())
        kept = self._claimed | set(self._renamed.values()) | self.providers.used()
        gone = [one for key, one in self._old.items() if key not in kept and key in meant]
        if targets:
            targets.check_left({one.urn for one in gone}, self._state.resources.values())
        earlier = {one.key for one in self._leftovers}
        replaced = [
            (one, _REPLACED if one.key in earlier else None)
            for one in self._state.condemned
            if one.key not in earlier or one.urn in meant
        ]
        return [*map(self._let_go, gone), *replaced]

    def _let_go(self, one: Resource) -> tuple[Resource, str | None]:
        """Return a dropped resource with the reason to tell; one whose object is another resource's now leaves it."""
        if one.uid in self._uids and one.has_object and not one.is_patch:
            return replace(one, retain_on_delete=True), None
        return one, _DROPPED

    @cached_property
    def _uids(self) -> set[str | None]:
        return {one.uid for one in self._done.values() if one.has_object and not one.is_patch}

    def promised(self) -> set[str]:
        """Return the namespaces and kinds that the program brings, in the words of `Decision.missing`."""
        return {promise for one in self._done.values() for promise in promises(one)}

    def check_missing(self, promised: set[str]) -> None:
        """In a preview: fail what needs a namespace or a kind that is neither there nor `promised`."""
        for goal, missing in self._missing:
            if missing not in promised:
                error = MecctlError(f"it needs {missing}, which is not there and not in the program")
                self.ledger.fail(goal.urn, f"{goal.type} {goal.name}", error)

    def _everything(self) -> list[Resource]:
        return [*self._old.values(), *self._leftovers]

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

    def _custom(self, goal: Goal) -> Resource:
        old = self._find(goal)
        provider = self.providers.refer(goal)
        if importing := imports.wanted(goal, old):
            goal = imports.named(goal)
        inputs = checked(goal, old.inputs if old else None)
        refuse_object(goal.type, to_api(inputs))
        decision = self._decide(goal, inputs, old, provider, importing=importing)
        if decision.action == "replace" and old:
            if old.protect:
                raise MecctlError(f"it would be replaced ({decision.reason}), but is marked as protected")
            if is_autonamed(inputs) and not goal.delete_before_replace and not decision.elsewhere:
                inputs = checked(goal, replaced=old.id)
        resource = replace(self._draft(goal, inputs, old), provider=provider, id=self._id(inputs, old, provider))
        return self._carry_out(goal, resource, old, decision)

    def _decide(
        self, goal: Goal, inputs: Properties, old: Resource | None, provider: str, *, importing: bool
    ) -> Decision:
        # While a preview doesn't know the kubeconfig yet, the cluster is taken to be the one from before.
        client = self.providers.client(provider) or (self.providers.client(old.provider) if old else None)
        if client is None:
            return Decision("import" if importing else "create", "is new")
        access = self.providers.access(provider)
        obj = to_api(inputs)
        force = self._mode.force_conflicts or bool(access and access.patch_force) or forced(obj)
        manager = manager_of(self._draft(goal, inputs, old), old)
        query = Query(client, goal, obj, rehearse=self._mode.dry, manager=manager, force=force)
        if importing:
            return imports.adopt(query)
        if old and self.providers.apart(old.provider, provider):
            found = decide(query, None)
            return replace(found, action="replace", reason=_ELSEWHERE, elsewhere=True)
        return decide(query, old)

    def _carry_out(self, goal: Goal, resource: Resource, old: Resource | None, decision: Decision) -> Resource:
        if decision.missing:
            with self._lock:
                self._missing.append((goal, decision.missing))
        if decision.action == "same":
            self.ledger.same(goal.urn)
            return self.actor.carry_out(goal, resource, old, decision, self.ledger.log)
        told = fields(decision.live, decision.wanted, resource, old, self.ledger.mask.text)
        with self.ledger.doing(decision.action, resource, decision.reason, told) as tell:
            return self.actor.carry_out(goal, resource, old, decision, tell)

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

    def _id(self, inputs: Properties, old: Resource | None, provider: str) -> str:
        obj = to_api(inputs)
        if has_unknown(obj["metadata"].get("name")) or has_unknown(obj["metadata"].get("namespace")):
            return old.id if old else ""
        client = self.providers.client(provider)
        try:
            if client:
                return identity(client, obj)
        except KubeError as error:
            if error.reason != "NoKind":
                raise
        return "/".join(filter(None, (obj["metadata"].get("namespace"), obj["metadata"]["name"])))
