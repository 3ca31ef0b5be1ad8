"""The checkpoints of a stack: the current one, the one before, and those that the last runs left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import yaml

from mecctl.engine.state import checkpoint
from mecctl.engine.state.layout import META, PROJECT_SCOPED, STACKS
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.state.history import Run
    from mecctl.engine.state.layout import Layout
    from mecctl.engine.state.store import Store

KEPT = 20  # runs in the history, and as many backups
_LEGACY_FIX = "run `pulumi state upgrade` with Pulumi's command line, or choose another place for the state"


class Archive:
    """Reads and writes what Pulumi's file backend keeps of a stack, the same way (pkg/backend/diy/state.go)."""

    def __init__(self, store: Store, layout: Layout) -> None:
        self._store = store
        self._layout = layout
        self._marked = False  # whether META is there

    def load(self) -> checkpoint.Checkpoint:
        """Return the current checkpoint, an empty one if there is none. Raises MecctlError when it can't be trusted."""
        key, content = self._read()
        if not key:
            return checkpoint.Checkpoint()
        where = self._store.where(key)
        if key.endswith(".zst"):
            raise MecctlError(
                "the state file is compressed with zstd, which this engine doesn't read",
                where=where,
                fix="let `pulumi` write it once without PULUMI_DIY_BACKEND_ZSTD",
            )
        return checkpoint.parse(content, key, where)

    def current(self) -> checkpoint.Checkpoint:
        """Return where the current checkpoint is and its digest, for one that replaces it whatever it says."""
        key, content = self._read()
        return checkpoint.Checkpoint(key=key, digest=checkpoint.digest(content) if key else checkpoint.NONE)

    def save(self, content: bytes, before: checkpoint.Checkpoint) -> None:
        """Put a checkpoint in place of `before`, which stays as `.bak`."""
        if not self._marked:
            self._store.put(META, PROJECT_SCOPED)
        if before.key:
            self._store.copy(before.key, f"{before.key}.bak")
        self._store.put(self._layout.checkpoint, content)
        if before.key not in ("", self._layout.checkpoint):  # it was compressed
            self._store.delete(before.key)

    def record(self, run: Run) -> None:
        """Keep what a run did, and the checkpoint it left, beside those of the runs before; old ones go."""
        stack = self._layout.stack
        past = [found.key for found in self._store.list(self._layout.history)]
        stamp = max(time.time_ns(), 1 + max((_stamp(key) for key in past), default=0))  # clocks can go back
        name = f"{self._layout.history}{stack}-{stamp}"
        self._store.copy(self._layout.checkpoint, f"{self._layout.backups}{stack}.{stamp}.json")
        self._store.copy(self._layout.checkpoint, f"{name}.checkpoint.json")
        self._store.put(f"{name}.history.json", checkpoint.compact(run.record()))
        backups = [found.key for found in self._store.list(self._layout.backups)]
        self._store.delete(*_old([*past, name]), *_old(backups))

    def _read(self) -> tuple[str, bytes]:
        self._check_layout()
        key = self._find()
        content = self._store.get(key) if key else None
        return ("", b"") if key is None or content is None else (key, content)

    def _find(self) -> str | None:
        """Return the key of the checkpoint; of a plain and a compressed one the newer counts."""
        plain = self._layout.checkpoint
        found = [one for one in self._store.list(plain) if one.key in (plain, f"{plain}.gz", f"{plain}.zst")]
        return max(found, key=lambda one: (one.modified, one.key == plain)).key if found else None

    def _check_layout(self) -> None:
        content = self._store.get(META)
        if content is None:
            named = [one.key.removeprefix(STACKS) for one in self._store.list(STACKS)]
            if any("/" not in name and name.endswith(".json") for name in named):
                raise MecctlError(
                    "the state has Pulumi's old layout, without projects",
                    where=self._store.where(STACKS),
                    fix=_LEGACY_FIX,
                )
            return
        self._marked = True
        try:
            version = yaml.safe_load(content)["version"]
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise MecctlError("this file is damaged", where=self._store.where(META), why=str(error)) from error
        if version != 1:
            raise MecctlError(
                f"the state has the layout {version}, this mecctl knows 1",
                where=self._store.where(META),
                fix=_LEGACY_FIX,
            )


def _stamp(key: str) -> int:
    """Return the time in a name, `<stack>-<nanoseconds>.…` or `<stack>.<nanoseconds>.…`; 0 for another name."""
    words = key.rpartition("/")[2].replace("-", ".").split(".")
    return next((int(word) for word in reversed(words) if word.isdigit()), 0)


def _old(keys: list[str]) -> list[str]:
    """Return the keys of all but the last runs; drafts that a killed run left go with those of its time."""
    stamps = sorted({stamp for key in keys if (stamp := _stamp(key))})
    return [key for key in keys if 0 < _stamp(key) < min(stamps[-KEPT:], default=0)]
