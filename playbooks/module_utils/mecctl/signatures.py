"""Hashes of big files, remembered as long as the file's signature stays the same."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Signatures:
    """Which sha256 a file had when it was last read, kept in `path`.

    Size, inode, and the times of content and of status decide whether a file has to be read again: a program can set
    the first time back, but not the second.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[object]] = self._load()
        self._changed = False

    def sha256(self, path: Path) -> str:
        """The sha256 of a file's content, in hex; reads the file only when it may have changed."""
        known = self._known.get(str(path))
        if known and known[1:] == _signature(path):
            return str(known[0])
        digest = _hash(path)
        self.learn(path, digest)
        return digest

    def learn(self, path: Path, digest: str) -> None:
        """Take `digest` for the content that `path` has now, for a file just written from a verified one."""
        self._known[str(path)] = [digest, *_signature(path)]
        self._changed = True

    def warm(self, paths: Iterable[Path]) -> None:
        """Hash several files side by side; OpenSSL lets go of the interpreter while it hashes."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.sha256, paths))

    def save(self) -> None:
        """Write down what was learnt; files that are gone are forgotten."""
        if self._changed and self._path.parent.is_dir():
            kept = {name: known for name, known in self._known.items() if os.path.lexists(name)}
            atomic.write(self._path, json.dumps(kept).encode(), mode=0o600)
            self._changed = False

    def _load(self) -> dict[str, list[object]]:
        try:
            known = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _signature(path: Path) -> list[object]:
    stat = path.stat()
    return [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
