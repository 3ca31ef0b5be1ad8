"""A folder's content, brought to another one in passes: each sends what has changed since the last, by blocks.

What is sent is a row of records: a line of JSON, and after one that says `length` as many bytes.

    {"do": "folder", "path", "mode"}            {"do": "link", "path", "to"}
    {"do": "block", "path", "at", "length"}     {"do": "file", "path", "mode", "size", "time"}    {"do": "gone", "path"}

Paths are relative to the folder. `file` ends a file whose blocks came before it. Files are told to be unchanged by size
and time of change, as rsync does; blocks by their hash. Sockets, pipes and devices aren't brought along.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 1 << 20
_TICK = 1_000_000_000
MARK = ".mecctl-moved"
"""A file that isn't part of what is brought along."""
Entry = dict[str, Any]
Known = dict[str, Entry]


class TreeError(Exception):
    """What has come can't be put into the folder."""


def survey(root: Path) -> Known:
    """Return what is there by path, parents before what is in them, files without the sums of their blocks."""
    return {str(path.relative_to(root)): entry for path in _below(root) if (entry := _entry(path))}


def known(root: Path) -> Known:
    """Return what is there, with the sums of files' blocks."""
    found = survey(root)
    for path, entry in found.items():
        if "size" in entry:
            entry["sums"] = [_sum(block) for block in _blocks(root / path)]
    return found


def changes(root: Path, there: Known) -> Iterator[bytes]:
    """Yield the records that make the other side what this one is, and note in `there` what has been sent."""
    here = survey(root)
    for path in [path for path, old in there.items() if _kind(old) != _kind(here.get(path))][::-1]:
        del there[path]
        yield _line({"do": "gone", "path": path})
    for path, entry in here.items():
        old = there.get(path, {})
        if {**old, "sums": None} == {**entry, "sums": None}:
            continue
        if "size" in entry:
            try:
                yield from _changed(root, path, old.get("sums", []), entry)
            except FileNotFoundError:  # since it was looked at; the next pass says that it is gone
                there[path] = {**entry, "time": -1}
                continue
        yield _line({"do": _kind(entry), "path": path, **{key: one for key, one in entry.items() if key != "sums"}})
        # What is written in the tick in which it was read has the same time; it is read again.
        fresh = time.time_ns() - entry.get("time", 0) < _TICK
        there[path] = {**entry, "time": -1} if fresh else entry


def put(root: Path, told: IO[bytes]) -> None:
    """Do what records say; raises TreeError for one that isn't whole or leads out of the folder."""
    while line := told.readline():
        try:
            record: dict[str, Any] = json.loads(line)
            path = root / record["path"]
            if not path.parent.resolve().is_relative_to(root.resolve()) or path.name in {"", ".."}:
                raise TreeError(f"{record['path']} leads out of the folder")
            _PUT[record["do"]](path, record, told)
        except (ValueError, KeyError) as error:
            raise TreeError(f"{line[:80]!r} is no record") from error


def _below(folder: Path) -> Iterator[Path]:
    try:
        inside = sorted(os.scandir(folder), key=lambda one: one.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError:
        if folder.name == "lost+found":  # a file system's own
            return
        raise
    for one in inside:
        if one.name != MARK:
            yield Path(one.path)
            if one.is_dir(follow_symlinks=False):
                yield from _below(Path(one.path))


def _entry(path: Path) -> Entry | None:
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            return {"to": os.readlink(path)}  # noqa: PTH115 - the text as it is
    except FileNotFoundError:
        return None
    mode = stat.S_IMODE(found.st_mode)
    if stat.S_ISDIR(found.st_mode):
        return {"mode": mode | stat.S_IRWXU}  # or nothing could be put into it
    return {"mode": mode, "size": found.st_size, "time": found.st_mtime_ns} if stat.S_ISREG(found.st_mode) else None


def _kind(entry: Entry | None) -> str:
    if entry is None:
        return "gone"
    return "link" if "to" in entry else "file" if "size" in entry else "folder"


def _changed(root: Path, path: str, old: list[str], entry: Entry) -> Iterator[bytes]:
    """Yield the blocks that differ from those of these sums, and note in the entry what has been read."""
    entry.update(sums=[], size=0)
    for number, block in enumerate(_blocks(root / path)):
        entry["sums"].append(_sum(block))
        entry["size"] += len(block)  # it may have grown since it was looked at
        if old[number : number + 1] != entry["sums"][-1:]:
            yield _line({"do": "block", "path": path, "at": number * BLOCK, "length": len(block)}) + block


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        os.fsync(file.fileno())  # a page that is mapped and dirty can be written again without a new time
        while block := file.read(BLOCK):
            yield block


def _sum(block: bytes) -> str:
    return hashlib.blake2b(block, digest_size=16).hexdigest()


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _put_folder(path: Path, record: dict[str, Any], _: IO[bytes]) -> None:
    path.mkdir(exist_ok=True)
    path.chmod(record["mode"])


def _put_link(path: Path, record: dict[str, Any], _: IO[bytes]) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(record["to"])


def _put_block(path: Path, record: dict[str, Any], told: IO[bytes]) -> None:
    block = told.read(record["length"])
    if len(block) != record["length"]:
        raise TreeError(f"{record['path']} isn't whole")
    with _opened(path) as file:
        file.seek(record["at"])
        file.write(block)


def _put_file(path: Path, record: dict[str, Any], _: IO[bytes]) -> None:
    with _opened(path) as file:
        file.truncate(record["size"])
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), record["mode"])
        os.utime(file.fileno(), ns=(record["time"], record["time"]))


def _opened(path: Path) -> IO[bytes]:
    if path.is_file() and not os.access(path, os.W_OK):
        path.chmod(0o600)  # its own mode comes with its end
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "wb")


def _put_gone(path: Path, _: dict[str, Any], __: IO[bytes]) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


_PUT = {"folder": _put_folder, "link": _put_link, "block": _put_block, "file": _put_file, "gone": _put_gone}
