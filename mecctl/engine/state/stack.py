"""The state of one stack while it is being changed: in memory, in the journal, and at the end in the checkpoint."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from mecctl.engine.state import checkpoint, journal
from mecctl.engine.state.files import write_whole
from mecctl.engine.state.lock import StackLock
from mecctl.engine.state.order import ordered
from mecctl.engine.state.replay import Replayed, replay
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mecctl.engine.secrets import Crypter
    from mecctl.engine.state.resource import Resource

_META = ".pulumi/meta.yaml"


def now() -> str:
    """Return the time as the checkpoint writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class StackState:
    """What a stack consists of. Every change is durable when the call that makes it returns; safe between threads."""

    def __init__(self, root: Path, project: str, stack: str, crypter: Callable[[str | None], Crypter]) -> None:
        """Name a stack under the state folder `root`; `crypter` gets the salt that state keeps, None for a new one."""
        self.project, self.stack = project, stack
        self._root = root
        self._choose = crypter
        self._file = root / ".pulumi" / "stacks" / project / f"{stack}.json"
        self._journal_file = root / "journal" / project / f"{stack}.jsonl"
        notes = root / ".pulumi" / "locks" / "organization" / project / stack
        self._lock_file = StackLock(root / "journal" / project / f"{stack}.lock", notes)
        self._journal = journal.Journal(self._journal_file, checkpoint.NONE)
        self._lock = threading.RLock()
        self._dirty = False
        self._writable = False
        self._content = Replayed({}, {})

    def read(self) -> Self:
        """Read for a preview: nothing on the disk is changed, then or later.

        Raises MecctlError when the state can't be understood.
        """
        found = checkpoint.read(self._file)
        self._load(found, self._since(found)[0])
        return self

    def open(self) -> Self:
        """Take the stack's lock and read; what a dead run left in its journal is taken over first.

        Raises LockedError, MecctlError.
        """
        self._lock_file.take(now())
        try:
            found = checkpoint.read(self._file)
            entries, whole = self._since(found)
            self._load(found, entries)
            self._journal = journal.Journal(self._journal_file, found.digest)
            if entries:
                self._journal = journal.Journal.resume(self._journal_file, found.digest, whole)
            elif self._journal_file.exists():
                journal.discard(self._journal_file)
        except BaseException:
            self._lock_file.release()
            raise
        self._writable = True
        return self

    def close(self) -> None:
        """Write the checkpoint if anything changed, and let go of the lock; the journal stays if that fails."""
        if not self._writable:
            return
        try:
            if self._dirty or self._journal.used:
                self._compact()
                self._journal.close(remove=True)
        finally:
            self._journal.close(remove=False)
            self._lock_file.release()

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

    def _append(self, *entries: journal.Entry) -> None:
        if self._writable:
            self._journal.append(*entries)

    def _record(self, resource: Resource) -> checkpoint.Record:
        return resource.record(self._crypter.seal)

    def _since(self, found: checkpoint.Checkpoint) -> tuple[list[journal.Entry], int]:
        entries, whole = journal.read(self._journal_file)
        if not entries or entries[-1].get("sealed") == found.digest:
            return [], 0
        if entries[0].get("base") != found.digest:
            raise MecctlError(
                "the state file was changed by another program while a broken-off run still has to be recovered",
                where=str(self._file),
                why=f"the journal {self._journal_file} goes on from another state file",
                fix="put back the state file that the journal belongs to, or move the journal away",
            )
        return entries[1:], whole

    def _load(self, found: checkpoint.Checkpoint, entries: list[journal.Entry]) -> None:
        self._crypter = self._choose(found.salt)
        if found.salt:
            self._crypter.check(found.salt)
        self._content = replay(found, entries, self._crypter.open)

    def _compact(self) -> str:
        with self._lock:
            kept = ordered(self._content.resources.values())
            pending: Iterable[Resource] = self._content.pending.values()
            content = checkpoint.encode(
                (self.project, self.stack),
                self._crypter.state(),
                [self._record(one) for one in kept],
                [self._record(replace(one, outputs={})) for one in pending],
                now(),
            )
        digest = checkpoint.digest(content)
        if self._journal.used:
            self._append({"sealed": digest})
        meta = self._root / _META
        if not meta.exists():
            write_whole(meta, b"version: 1\n")
        checkpoint.write(self._file, content)
        return digest
