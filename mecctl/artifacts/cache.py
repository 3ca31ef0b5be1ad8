"""A content-addressed cache on disk: blobs by sha256, and an index from a recipe to the blob it gave.

Layout under the root: `blobs/<sha256>`, `index/<recipe key>.json`, `verified/<sha256>.json` (the signature a blob had
when its hash was last computed), `locks/`, `parts/` (downloads under way) and `work/` (builds under way).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def sha256_of(path: Path) -> str:
    """Hash a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Cache:
    """The cache under one root; safe for several threads and processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = root / "blobs"
        try:
            for name in ("blobs", "index", "verified", "locks", "parts", "work"):
                (root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MecctlError(
                "the artifact cache can't be made",
                where=str(root),
                why=error.strerror,
                fix="set XDG_CACHE_HOME to a folder that you may write to",
            ) from error

    def find(self, sha256: str, label: str) -> Path | None:
        """Return the blob if it is there; raises MecctlError, and deletes it, if it isn't what its name says.

        `label` is how the error names it. The whole file is hashed only when size, inode, or the times of content and
        of status differ from what they were when it was last hashed: a program can set the first time back, but not
        the second.
        """
        path = self.blobs / sha256
        try:
            signature = _signature(path)
        except FileNotFoundError:
            return None
        if _read_json(self._record(sha256)) == signature:
            return path
        found = sha256_of(path)
        if found != sha256:
            path.unlink(missing_ok=True)
            raise MecctlError(
                f"{label} in the cache isn't what was stored: sha256 {found} instead of {sha256}",
                where=str(path),
                why="the file was changed or its disk is failing; it was deleted, and nothing was done with it",
                fix="find out what changed it; the same command again gets it anew",
            )
        _write_json(self._record(sha256), signature)
        return path

    def add(self, made: Path, sha256: str, *, executable: bool = False) -> Path:
        """Move the finished file `made`, whose hash was computed while or after it was written, in as a blob."""
        path = self.blobs / sha256
        made.chmod(0o555 if executable else 0o444)
        _sync(made)
        made.replace(path)
        _sync(self.blobs)
        _write_json(self._record(sha256), _signature(path))
        return path

    def recall(self, key: str) -> dict[str, Any] | None:
        """Return what was recorded for a recipe key: `sha256`, and whatever else its builder had to say."""
        found = _read_json(self.root / "index" / f"{key}.json")
        return found if found and isinstance(found.get("sha256"), str) else None

    def record(self, key: str, facts: Mapping[str, Any]) -> None:
        """Remember which blob a recipe gave; `facts` has its `sha256`."""
        _write_json(self.root / "index" / f"{key}.json", facts)

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Let one thread of one process at a time make `key`; the kernel frees the lock of one that dies."""
        with (self.root / "locks" / key).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        """Give an empty folder on the cache's own disk, gone afterwards."""
        path = self.root / "work" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def part(self, name: str) -> Path:
        """Return the path of a download under way."""
        return self.root / "parts" / name

    def _record(self, sha256: str) -> Path:
        return self.root / "verified" / f"{sha256}.json"


def _signature(path: Path) -> dict[str, Any]:
    found = path.stat()
    times = {"mtime_ns": found.st_mtime_ns, "ctime_ns": found.st_ctime_ns}
    return {"size": found.st_size, "inode": found.st_ino, **times}


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None  # a record that can't be read is as good as none: the blob is hashed again
    return data if isinstance(data, dict) else None


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(fd, "w") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - the name is a string from mkstemp
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
