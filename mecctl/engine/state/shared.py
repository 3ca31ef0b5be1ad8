"""What a run needs of an object store, which many machines write to: one run at a time, and a journal."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from mecctl.engine.state.holder import Holder
from mecctl.errors import LockedError, MecctlError

if TYPE_CHECKING:
    from mecctl.engine.state.layout import Layout
    from mecctl.engine.state.store import SharedStore

_PARALLEL = 16


class SharedBackend:
    """State in a store that many machines share."""

    def __init__(self, store: SharedStore) -> None:
        self.store = store

    def lock(self, layout: Layout) -> SharedLock:
        """Return a lock that Pulumi's CLI honours too."""
        return SharedLock(self.store, layout.locks)

    def log(self, layout: Layout) -> SharedLog:
        """Return a journal of numbered objects."""
        return SharedLog(self.store, f"{layout.journal}/")


class SharedLock:
    """A note under a fixed name, which the store gives to one run alone, where Pulumi's CLI looks for notes.

    A holder that is certainly dead (a process of this machine that has ended) is in nobody's way; of one on another
    machine nobody can tell, so people have to.
    """

    def __init__(self, store: SharedStore, folder: str) -> None:
        self._store = store
        self._folder = folder
        self._key = f"{folder}mecctl.json"
        self._note: bytes | None = None

    def take(self, time: str) -> None:
        """Take the lock; LockedError says who holds it, since when, and how to break it."""
        self._look()
        note = Holder.me(time, id=str(uuid.uuid4())).note()
        if not self._store.put_if_absent(self._key, note):
            self._look()
            raise LockedError("another run was faster", where=self._store.where(self._key), fix="run it again")
        self._note = note
        try:
            self._check_condition(time)
            self._look()  # as Pulumi's CLI does before and after it writes its note: one of two sees the other
        except BaseException:
            self.release()
            raise

    def check(self) -> None:
        """Raise LockedError when someone has broken it."""
        if self._note is not None and self._store.get(self._key) != self._note:
            raise _taken_over(self._store.where(self._key))

    def release(self) -> None:
        """Let go, unless someone has broken it meanwhile; does nothing when it isn't held."""
        if self._note is not None:
            note, self._note = self._note, None
            if self._store.get(self._key) == note:
                self._store.delete(self._key)

    def _look(self) -> None:
        for found in self._store.list(self._folder):
            content = self._store.get(found.key)
            if content is None or content == self._note:
                continue
            holder = Holder.parse(content)
            if holder.was_here_and_ended():
                self._store.delete(found.key)
                continue
            raise LockedError(
                f"{holder} holds this stack",
                where=self._store.where(found.key),
                fix="wait for it; if it is gone for sure, delete this object: what it did is recovered by the next run",
            )

    def _check_condition(self, time: str) -> None:
        other = Holder.me(time, id="whether the store keeps what is there").note()
        if self._store.put_if_absent(self._key, other):
            self._note = other
            raise MecctlError(
                "this object store writes over what is there even when told not to (If-None-Match), so two runs at "
                "once could not be kept apart",
                where=self._store.where(""),
                fix="use one that has conditional writes, as Amazon S3, MinIO, R2 and versitygw do",
            )


class SharedLog:
    """Lines in numbered objects, each written only if nobody has: a run that lost its lock can't go on."""

    def __init__(self, store: SharedStore, folder: str) -> None:
        self.where = store.where(folder)
        self._store = store
        self._folder = folder
        self._numbers: list[int] = []
        self._mark = b'{"run":"%s"}\n' % str(uuid.uuid4()).encode()  # no two runs write the same

    def read(self) -> bytes:
        """Return the lines of all objects; what a run that was ending has deleted already may lack at the beginning."""
        self._numbers = [
            int(one.key.removeprefix(self._folder).partition(".")[0]) for one in self._store.list(self._folder)
        ]
        if not self._numbers:
            return b""
        whole = list(range(self._numbers[0], self._numbers[-1] + 1))
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="journal") as pool:
            pieces = list(pool.map(self._store.get, map(self._key, whole)))
        for number, piece in zip(whole, pieces, strict=True):
            if piece is None:
                raise MecctlError(
                    "the state's journal is damaged: an object in the middle is missing",
                    where=self._store.where(self._key(number)),
                    fix="put it back from the bucket's versions",
                )
        return b"".join(piece.partition(b"\n")[2] for piece in pieces if piece)

    def append(self, lines: bytes) -> None:
        """Write the next object."""
        number = self._numbers[-1] + 1 if self._numbers else 1
        if not self._store.put_if_absent(self._key(number), self._mark + lines):
            raise _taken_over(self._store.where(self._key(number)))
        self._numbers.append(number)

    def close(self) -> None:
        """Do nothing: all is written."""

    def remove(self) -> None:
        """Delete the objects, the last of them last: it says that the others have had their time."""
        keys = [self._key(number) for number in self._numbers]
        self._store.delete(*keys[:-1])
        self._store.delete(*keys[-1:])
        self._numbers = []

    def _key(self, number: int) -> str:
        return f"{self._folder}{number:06}.jsonl"


def _taken_over(where: str) -> LockedError:
    return LockedError(
        "another run has taken over this stack",
        where=where,
        why="the lock of this run was broken while it went on",
        fix="let the other one end, then run the same command again",
    )
