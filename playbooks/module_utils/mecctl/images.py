"""Container images in containerd's store, imported from archives."""

from __future__ import annotations

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic, blobs
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

STORE = Path("/var/lib/containerd")
CTR = ("ctr", "--namespace", "k8s.io", "images")
IMPORT_LIMIT = 600
SLOW = 5e6
"""Bytes of an archive a second; two cores of a server import some 20 MB, a small board or an emulated one 2 to 4."""
TELLING = 20e6
"""Bytes of an archive that is big enough to tell by."""


def plan_images(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Images: `{sha256, names}`: every name of the archive is in the store with the digest it was imported with.

    A containerd that doesn't run can't be asked; what was imported before is then still in its folder. Imports run
    beside the items that follow: whoever needs an image waits for it through `context.imports`.
    """
    record = _Record(context.store / "images.json")
    context.imports = context.imports or Imports(record, context)
    have = listed() if declared else {}
    for wanted in declared:
        known = record.digests.get(wanted["sha256"], {})
        reasons = {name: reason for name in wanted["names"] if (reason := _reason(name, known, have))}
        for name, reason in reasons.items():
            act = partial(context.imports.start, wanted)
            yield Item(f"image {name}", "create", reason, act)
        if reasons:
            blobs.need(wanted["sha256"], wanted["names"][0], context)


def listed() -> dict[str, str] | None:
    """Name and digest of every image in the store, or None when containerd can't be asked."""
    try:
        shown = run([*CTR, "list"], timeout=20)
    except NodeError:
        return None
    rows = [line.split() for line in shown.out.splitlines()[1:]]
    return {row[0]: row[2] for row in rows if len(row) > 2}


class Imports:
    """The imports of this run, one after the other in the order of the state: what is needed first is there first."""

    def __init__(self, record: _Record, context: Context) -> None:
        self._record = record
        self._context = context
        self._pool = ThreadPoolExecutor(1)
        self._running: dict[str, Future[None]] = {}
        self._slow = False

    def start(self, wanted: dict[str, Any]) -> None:
        """Queue an archive's import, unless an image before has."""
        names = " ".join(wanted["names"])
        if names not in self._running:
            self._running[names] = self._pool.submit(self._import, wanted)

    def wait(self, part: str = "") -> None:
        """Wait for the archives with an image whose name has `part` in it. Raises NodeError when an import failed.

        On a slow machine wait for all: beside an import its control plane would start over and over, and never be up.
        """
        for names, future in self._running.items():
            if part in names or self._slow:
                future.result()

    def _import(self, wanted: dict[str, Any]) -> None:
        path, began = blobs.path_of(wanted["sha256"], self._context), time.monotonic()
        # Without --local every byte goes through two streams of calls: a third more processor time, and three times as
        # long on a slow machine.
        ended = run([*CTR, "import", "--local", str(path)], timeout=IMPORT_LIMIT, check=False)
        if ended.code:
            raise NodeError(
                f"containerd could not import {', '.join(wanted['names'])}", where=str(path), why=ended.last
            )
        have = listed() or {}
        lacking = [name for name in wanted["names"] if name not in have]
        if lacking:
            raise NodeError(f"the archive doesn't hold the image {', '.join(lacking)}", where=str(path))
        # What is on record has to outlive a power cut; what containerd unpacks isn't on the disk by itself.
        atomic.settle(STORE)
        size = path.stat().st_size
        self._slow = self._slow or TELLING < size < SLOW * (time.monotonic() - began)
        self._record.add(wanted["sha256"], {name: have[name] for name in wanted["names"]})


class _Record:
    """Which digest each archive's names had after its import."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.digests: dict[str, dict[str, str]] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            self.digests = {}
        self._lock = Lock()

    def add(self, sha256: str, digests: dict[str, str]) -> None:
        with self._lock:
            self.digests[sha256] = digests
            atomic.write(self.path, json.dumps(self.digests).encode(), mode=0o600)


def _reason(name: str, known: dict[str, str], have: dict[str, str] | None) -> str:
    if name not in known:
        return "isn't imported"
    if have is None:
        return ""
    if name not in have:
        return "isn't in the store any more"
    return "" if have[name] == known[name] else f"is {have[name][:19]}…, not {known[name][:19]}…"
