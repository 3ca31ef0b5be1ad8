"""The states of a move: prepared, registered, switched, settled; a run that finds one under way finishes or undoes it.

The commit is one step of the gate at the source: from then on it serves nothing itself. Before it, a move is undone;
after it, finished. Both sites have written down that a move is under way before anything of it happens.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mecctl.cluster.moving.key import agree
from mecctl.cluster.moving.record import Record
from mecctl.cluster.moving.volumes import bring
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.cluster.moving.record import Mode
    from mecctl.cluster.moving.side import Side

HOLD = 8
"""Seconds that requests wait at most while state is carried over."""


@dataclass
class Moved:
    """What a run did: `ended` says moved or there already; `freeze` in seconds, None if none was."""

    epoch: int
    ended: str = ""
    freeze: float | None = None
    carried: int = 0
    states: dict[str, float] = field(default_factory=dict)


class Move:
    """One workload, from one site to another; `tell` hears each state as it is reached."""

    def __init__(self, source: Side, target: Side, tell: Callable[[str], None]) -> None:
        self._source, self._target, self._tell = source, target, tell
        self._ends = source.site.name, target.site.name
        self._began = time.monotonic()
        self._versions: dict[Side, str] = {}

    def run(self) -> Moved:
        """Bring the workload to the target; raises MecctlError with it where it was, or says to run again."""
        here, there = self._read()
        for found in (here, there):
            self._refuse_another(found)
        if here.mode == "moving":
            if moved := self._resume(here):
                return moved
            here, there = self._read()
        moved = Moved(max(here.epoch, there.epoch) + 1)
        if (here.mode, there.mode) == ("peer", "local"):
            moved.epoch, moved.ended = there.epoch, "there already"
            self._release()
            return moved
        if here.mode != "local":
            where = "at its home" if here.mode == "closed" else f"behind {here.peer}"
            raise MecctlError(
                f"{self._source.work.name} isn't at {self._source.site.name}: it is {where}",
                fix="--from with the site where it is",
            )
        return self._go(here, there, moved)

    def _go(self, here: Record, there: Record, moved: Moved) -> Moved:
        source, target = self._source, self._target
        source.prepare(runs=True)
        target.prepare(runs=not target.work.carried)
        key = agree(source, target)
        context = self._context(moved)
        self._reached(moved, "prepared")
        # The source's record is the first to say so and the last not to: it alone tells whether a move is under way.
        self._write(source, Record("moving", moved.epoch, target.address, *self._ends, was=_was(here)))
        self._write(target, Record("moving", moved.epoch, source.address, *self._ends, was=_was(there)))
        self._reached(moved, "registered")
        told = {
            "epoch": moved.epoch,
            "peer": target.address,
            "key": key,
            "seconds": HOLD,
            "app": source.app,
            "context": context,
        }
        try:
            found = source.tell("switch", json.dumps(told))
        except UnreachableError as error:  # it may have run
            if done := self._resume(self._read()[0]):
                return done
            raise self._stays(error) from error
        except MecctlError as error:
            self._undo(*self._read(), moved.epoch)
            raise self._stays(error) from error
        moved.freeze = found["seconds"]
        moved.carried += found["bytes"]
        self._reached(moved, "switched")
        return self._finish(moved, found["taken"])

    def _stays(self, error: MecctlError) -> MecctlError:
        what = f"{self._source.work.name} stays at {self._source.site.name}"
        return MecctlError(what, why=str(error), fix="mend that and run it again")

    def _finish(self, moved: Moved, taken: bool = False) -> Moved:
        source, target = self._source, self._target
        if not taken:
            target.gate("mode", "local", str(moved.epoch))
        self._write(target, Record("local", moved.epoch, source.address, *self._ends))
        self._write(source, Record("peer", moved.epoch, target.address, *self._ends))
        self._release()
        self._reached(moved, "settled")
        moved.ended = "moved"
        return moved

    def _resume(self, found: Record) -> Moved | None:
        """Finish a move that has been committed, undo one that hasn't and return None."""
        gate = self._source.gate()
        end = time.monotonic() + HOLD + 2
        while gate.name == "hold" and time.monotonic() < end:
            time.sleep(0.2)  # what carries the state over beside the gate may still run
            gate = self._source.gate()
        done = gate.name == "peer" and gate.epoch == found.epoch
        if gate.name == "closed":  # it was started anew in the midst, and knows nothing
            other = self._target.gate()
            done = max(other.served, other.epoch) >= found.epoch
            if done:
                self._source.gate("point", self._target.address)
                self._source.gate("mode", "peer", str(found.epoch))
        if done:
            self._tell(f"move {found.epoch}, which was broken off, goes on")
            return self._finish(Moved(found.epoch))
        self._tell(f"move {found.epoch}, which was broken off, is undone")
        self._undo(*self._read(), found.epoch)
        return None

    def _refuse_another(self, found: Record) -> None:
        if found.mode == "moving" and (found.source, found.target) != self._ends:
            name = self._source.work.name
            raise MecctlError(
                f"a move of {name} from {found.source} to {found.target} is under way",
                fix=f"mecctl app move {name} --from {found.source} --to {found.target}",
            )

    def _undo(self, here: Record, there: Record, epoch: int) -> None:
        """Put both gates and both records back to what they were before the move."""
        for side, record in ((self._target, there), (self._source, here)):
            before = record.before
            if record.mode == "moving" and record.epoch == epoch:
                side.gate("mode", _live(before.mode), str(before.epoch))
                self._write(side, before)
        if self._source.work.carried:
            self._target.pod.end()
            self._source.pod.tell("thaw")

    def _release(self) -> None:
        """End the pod at the source, whose volumes have gone."""
        if self._source.work.carried:
            self._source.pod.end()

    def _read(self) -> tuple[Record, Record]:
        return self._record(self._source), self._record(self._target)

    def _record(self, side: Side) -> Record:
        record, self._versions[side] = side.ledger.read()
        return record

    def _write(self, side: Side, record: Record) -> None:
        """Write over what this run has read or written last, so that of two movers only one gets on."""
        self._versions[side] = side.ledger.write(record, self._versions[side])

    def _context(self, moved: Moved) -> dict[str, str | None] | None:
        """Return what gate/switch.py is told of the state; of volumes, most is brought over before."""
        found = self._source.work.mobility.context if self._source.work.mobility else None
        if found is None or not found.volumes:
            return {"export": found.export, "import": found.import_} if found else None
        try:
            context, moved.carried = bring(self._source, self._target, moved.epoch)
        except MecctlError as error:
            self._target.pod.end()
            raise self._stays(error) from error
        return context

    def _reached(self, moved: Moved, state: str) -> None:
        moved.states[state] = time.monotonic() - self._began
        self._tell(f"{state} after {moved.states[state]:.1f} s")


def _was(record: Record) -> tuple[Mode, int, str]:
    return record.mode, record.epoch, record.peer


def _live(mode: Mode) -> str:
    return mode if mode in {"local", "peer"} else "closed"
