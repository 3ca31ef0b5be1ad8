"""What happened since the checkpoint: one JSON document a line, durable before anything is built on it.

The first line names the checkpoint that the rest goes on from, and how its secrets are encrypted: `{"base": digest,
"salt": …}`. Then, in the order it happened: `{"pending": record}` before an object is created, `{"put": record}` when a
resource is as recorded, `{"drop": key}` when it is gone, `{"rename": [old, new]}`, `{"forget": urn}` when a pending
object turned out not to be there, and `{"sealed": digest}` when all of it is in the checkpoint `digest`.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from mecctl.engine.state.checkpoint import compact
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.state.log import Log

Entry = dict[str, Any]


class Journal:
    """Appends entries; threads that append at the same time share one write.

    After a write that failed every append raises the same MecctlError, so that nothing is built on a gap.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._head: Callable[[], Entry] | None = None
        self._failure: MecctlError | None = None
        self._waiting: list[bytes] = []
        self._queue = threading.Lock()
        self._disk = threading.Lock()
        self.used = False  # whether it has any entries

    def since(self, base: str) -> tuple[Entry, list[Entry]]:
        """Return the first line and the entries that go on from the checkpoint `base`; empty when there are none.

        Raises MecctlError when they go on from another one, or a line is damaged.
        """
        head, *entries = self._parse() or [{}]
        if not head or (entries or [head])[-1].get("sealed") == base:
            return {}, []
        if head.get("base") != base:
            raise MecctlError(
                "the state file was changed by another program while a broken-off run still has to be recovered",
                where=self._log.where,
                why="this journal goes on from another state file",
                fix="put back the state file that the journal belongs to, or move the journal away",
            )
        return head, entries

    def begin(self, head: Callable[[], Entry], *, resumed: bool) -> None:
        """Get ready to append, behind what is there or to a fresh journal with the first line that `head` makes."""
        self.used = resumed
        if not resumed:
            self._head = head
            if self._log.read():
                self._log.remove()

    def append(self, *entries: Entry) -> None:
        """Write entries, together and in order; returns when they are durable. Raises MecctlError."""
        lines = b"".join(_line(entry) for entry in entries)
        with self._queue:
            self._waiting.append(lines)
        with self._disk:
            with self._queue:
                batch, self._waiting = b"".join(self._waiting), []
            if batch and not self._failure:  # an empty batch: another thread's write has taken these lines along
                self._write(batch)
            if self._failure:
                raise self._failure

    def close(self) -> None:
        """Let go; what was appended stays for the next run."""
        with self._disk:
            self._log.close()

    def remove(self) -> None:
        """Delete it, once its content is in the checkpoint."""
        with self._disk:
            self._log.remove()
            self.used = False

    def _write(self, batch: bytes) -> None:
        try:
            self._log.append((_line(self._head()) if self._head else b"") + batch)
        except MecctlError as error:
            self._failure = error
        else:
            self._head = None
            self.used = True

    def _parse(self) -> list[Entry]:
        entries: list[Entry] = []
        for number, line in enumerate(self._log.read().split(b"\n")[:-1], 1):
            try:
                entries.append(json.loads(line))
            except ValueError as error:
                raise MecctlError(
                    "the state's journal is damaged",
                    where=f"{self._log.where}:{number}",
                    why=str(error),
                    fix="put back this file and the state file from a copy made at the same time",
                ) from error
        return entries


def _line(entry: Entry) -> bytes:
    return compact(entry) + b"\n"
