"""The Kubernetes providers of one run: those that the program makes, and the default ones.

A resource refers to its provider as `<urn>::<id>`. A provider whose cluster becomes another one gets a new id and is
replaced, and so are its resources (pulumi/pulumi pkg/resource/deploy/providers/registry.go).
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.clusters.access import Access, credentials, hidden, read_access
from mecctl.engine.objects import urn
from mecctl.engine.objects.kinds import PROVIDER
from mecctl.engine.objects.values import UNKNOWN, Properties
from mecctl.engine.state.stack import now
from mecctl.engine.steps.draft import default_provider, draft
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.engine.clusters.clusters import Clusters
    from mecctl.engine.kube import KubeClient, Stop
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.run.mask import Mask
    from mecctl.engine.state import Resource, StackState


class Providers:
    """Knows which cluster each reference leads to; safe between threads.

    `configured` are the inputs of default providers (the program's configuration `kubernetes:…`), None where no program
    runs and the state's own count. Paths to kubeconfigs are relative to `base`.
    """

    def __init__(
        self, clusters: Clusters, state: StackState, mask: Mask, configured: Properties | None, base: Path
    ) -> None:
        self._clusters, self._state, self._mask, self._base = clusters, state, mask, base
        self._lock = threading.Lock()
        self._inputs: dict[str, Properties] = {}
        self._settled: dict[str, Resource] = {}
        self._of: dict[str, str] = {}
        for one in (*state.resources.values(), *state.condemned):
            if one.type == PROVIDER:
                self._know(one)
        recorded = (one.inputs for one in state.resources.values() if _is_default(one))
        self._configured = next(recorded, {}) if configured is None else configured

    @property
    def stop(self) -> Stop:
        """What ends the waiting of every client."""
        return self._clusters.stop

    def main(self) -> KubeClient:
        """Return the client of the default providers. Raises MecctlError when its kubeconfig can't be used."""
        return self._clusters.client(read_access(self._configured) or Access(), self._base)

    def client(self, reference: str) -> KubeClient | None:
        """Return the client of a provider, None while its kubeconfig isn't known. Raises MecctlError."""
        access = self.access(reference)
        return self._clusters.client(access, self._base) if access else None

    def known(self, reference: str) -> KubeClient:
        """Return the client of a provider that the state has. Raises MecctlError."""
        client = self.client(reference)
        if client is None:
            raise MecctlError(f"the kubeconfig of the provider {urn.name(_urn(reference))} isn't known yet")
        return client

    def access(self, reference: str) -> Access | None:
        """Return how the cluster of a provider is reached."""
        return read_access(self._inputs.get(reference, self._configured))

    def apart(self, before: str, after: str) -> bool:
        """Whether two references lead to different clusters."""
        one, other = self.access(before), self.access(after)
        return not self._same(one, other)

    def refer(self, goal: Goal) -> str:
        """Return the reference for a resource: its own provider, its parent's, or the default one."""
        with self._lock:
            inherited = self._of.get(goal.parent, "")
        reference = goal.provider or inherited
        with self._lock:
            self._of[goal.urn] = reference
        return reference or self.default(goal.version)

    def pass_on(self, goal: Goal) -> None:
        """Note the provider that a component has for its children."""
        with self._lock:
            self._of[goal.urn] = goal.provider or self._of.get(goal.parent, "")

    def register(self, goal: Goal, old: Resource | None, parent: Resource | None, *, dry: bool) -> Resource:
        """Take on a provider that the program makes. Raises MecctlError for options that aren't honoured."""
        read_access(goal.inputs)
        self._mask.learn(credentials(goal.inputs))
        inputs = hidden(goal.inputs)
        more = {"version": goal.version} if goal.version else {}
        drafted = draft(goal, {**inputs, **more, "__internal": {}}, old, parent)
        id_ = UNKNOWN if dry else str(uuid.uuid4())
        return self._settle(replace(drafted, outputs={**inputs, **more}, id=id_), old)

    def default(self, version: str, type_: str = PROVIDER) -> str:
        """Return the reference to a default provider, which is recorded with the first resource that needs it."""
        fresh = default_provider(self._state.stack, self._state.project, version, type_)
        with self._lock:
            settled = self._settled.get(fresh.urn)
        if settled is None:
            configured = hidden(self._configured) if type_ == PROVIDER else {}
            given = {key: value for key, value in configured.items() if key not in ("version", "__internal")}
            full = replace(fresh, inputs={**given, **fresh.inputs}, outputs={**given, **fresh.outputs})
            settled = self._settle(full, self._state.resources.get(fresh.urn))
        return _reference(settled)

    def used(self) -> set[str]:
        """Return the URNs of the default providers that this run needs."""
        with self._lock:
            return set(self._settled)

    def _settle(self, fresh: Resource, old: Resource | None) -> Resource:
        with self._lock:
            if fresh.urn in self._settled:
                return self._settled[fresh.urn]
            before = read_access(old.inputs) if old else None
            after = read_access(fresh.inputs)
            replaced = before is not None and not self._same(before, after)
            if old and not replaced:
                same = old.inputs == fresh.inputs
                fresh = replace(fresh, id=old.id, created=old.created, modified=old.modified if same else now())
            self._state.put(*([replace(old, delete=True)] if old and replaced else []), fresh)
            self._settled[fresh.urn] = fresh
            self._know(fresh)
            return fresh

    def _know(self, provider: Resource) -> None:
        self._mask.learn(credentials(provider.inputs))
        self._inputs[_reference(provider)] = provider.inputs

    def _same(self, one: Access | None, other: Access | None) -> bool:
        # What a preview doesn't know yet is taken to lead to the cluster from before.
        return one is None or other is None or self._clusters.same(one, other, self._base)


def _is_default(one: Resource) -> bool:
    return one.type == PROVIDER and one.name.startswith("default")


def _reference(provider: Resource) -> str:
    return f"{provider.urn}::{provider.id}"


def _urn(reference: str) -> str:
    return reference.rpartition("::")[0]
