"""The state of one stack while it is being changed: in memory, in the journal, and at the end in the checkpoint."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from mecctl.engine.state import checkpoint
from mecctl.engine.state.archive import Archive
from mecctl.engine.state.history import Run
from mecctl.engine.state.journal import Entry, Journal
from mecctl.engine.state.layout import Layout
from mecctl.engine.state.order import ordered
from mecctl.engine.state.replay import Replayed, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.engine.objects.secrets import Crypter
    from mecctl.engine.state.backend import Backend
    from mecctl.engine.state.resource import Resource


_STAYING = ("create", "update", "replace", "import")  # what leaves a resource in the state


def now() -> str:
    """Return the time as the checkpoint writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class StackState:
    """What a stack consists of. Every change is durable when the call that makes it returns; safe between threads."""

    def __init__(self, place: Backend, project: str, stack: str, crypter: Callable[[str | None], Crypter]) -> None:
        """Name a stack at a place; `crypter` gets the salt that state keeps, None for a new one."""
        layout = Layout(project, stack)
        self.project, self.stack = project, stack
        self._choose = crypter
        self._archive = Archive(place.store, layout)
        self._held = place.lock(layout)
        self._journal = Journal(place.log(layout))
        self._lock = threading.RLock()
        self._dirty = False
        self._writable = False
        self._before = checkpoint.Checkpoint()
        self._content = Replayed({}, {})
        self._resumed = False  # whether a dead run left something in the journal
        self._kind, self._started = "", 0

    def read(self) -> Self:
        """Read for a preview: nothing is changed, then or later. Raises MecctlError when it can't be understood."""
        self._load()
        return self

    def open(self, kind: str = "update") -> Self:
        """Take the stack's lock and read; what a dead run left in its journal is taken over first.

        `kind` (update, destroy, refresh) is for the history. Raises LockedError, MecctlError.
        """
        self._held.take(now())
        self._kind, self._started = kind, int(time.time())
        try:
            self._load()
            head = {"base": self._before.digest}
            self._journal.begin(lambda: {**head, "salt": self._crypter.state()}, resumed=self._resumed)
        except BaseException:
            self._held.release()
            raise
        self._writable = True
        return self

    def close(self, *, ok: bool = True, changes: Mapping[str, int] | None = None) -> None:
        """Write the checkpoint if anything changed, and let go of the lock; the journal stays if that fails.

        `ok` and `changes` (how many resources by what was done to them) are for the history.
        """
        if not self._writable:
            return
        try:
            if self._dirty or self._journal.used:
                self._compact()
                self._journal.remove()
                self._archive.record(self._run(changes or {}, ok=ok))
        finally:
            self._journal.close()
            self._held.release()

    @property
    def resources(self) -> dict[str, Resource]:
        """Every resource that isn't on its way out, by URN (a copy)."""
        with self._lock:
            return {one.urn: one for one in self._content.resources.values() if not one.delete}

    @property
    def condemned(self) -> tuple[Resource, ...]:
        """What was replaced and still has to be deleted."""
        with self._lock:
            return tuple(one for one in self._content.resources.values() if one.delete)

    @property
    def pending(self) -> tuple[Resource, ...]:
        """What a dead run was about to create: it may be there or not."""
        with self._lock:
            return tuple(self._content.pending.values())

    def deployment(self) -> checkpoint.Record | None:
        """Return what the checkpoint says, or would say after what a dead run has done; None when there is nothing."""
        if self._resumed:
            return self._latest()
        return self._before.latest if self._before.key else None

    def intend(self, resource: Resource) -> None:
        """Note that the object of `resource` is about to be created."""
        with self._lock:
            self._content.pending[resource.urn] = resource
        self._append({"pending": self._record(resource)})

    def forget(self, urn: str) -> None:
        """Note that what was pending is not there."""
        with self._lock:
            self._content.pending.pop(urn, None)
        self._append({"forget": urn})

    def put(self, *resources: Resource) -> None:
        """Record resources as they are now, together; one that is as it was costs nothing."""
        changed = []
        with self._lock:
            for one in resources:
                if self._content.put(one):
                    changed.append(one)
        if changed:
            self._append(*({"put": self._record(one)} for one in changed))

    def refresh(self, resource: Resource) -> None:
        """Take over news that only saves time later (an object's status), when this run writes a checkpoint."""
        with self._lock:
            self._dirty = self._content.put(resource) or self._dirty

    def drop(self, resource: Resource) -> None:
        """Note that a resource is gone."""
        with self._lock:
            self._content.drop(resource.key)
        self._append({"drop": [*resource.key]})

    def rename(self, old: str, new: str) -> None:
        """Note that a resource goes by another URN now."""
        with self._lock:
            self._content.rename(old, new)
        self._append({"rename": [old, new]})

    def _append(self, *entries: Entry) -> None:
        if self._writable:
            self._journal.append(*entries)

    def _record(self, resource: Resource) -> checkpoint.Record:
        return resource.record(self._crypter.seal)

    def _load(self) -> None:
        self._before = found = self._archive.load()
        head, entries = self._journal.since(found.digest)
        salt = found.salt or head.get("salt")  # a first run may have died before any checkpoint
        self._crypter = self._choose(salt)
        if salt:
            self._crypter.check(salt)
        self._content = replay(found, entries, self._crypter.open)
        self._resumed = bool(head)

    def _compact(self) -> None:
        content = checkpoint.wrap((self.project, self.stack), self._latest())
        self._held.check()
        if self._journal.used:
            self._append({"sealed": checkpoint.digest(content)})
        self._archive.save(content, self._before)

    def _latest(self) -> checkpoint.Record:
        with self._lock:
            resources = [self._record(one) for one in ordered(self._content.resources.values())]
            pending = [self._record(replace(one, outputs={})) for one in self._content.pending.values()]
        return checkpoint.latest(self._crypter.state(), resources, pending, now())

    def _run(self, changes: Mapping[str, int], *, ok: bool) -> Run:
        counts = {**changes, "same": len(self.resources) - sum(changes.get(each, 0) for each in _STAYING)}
        return Run(self._kind, self._started, int(time.time()), ok, counts)
