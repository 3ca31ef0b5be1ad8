"""Folders, files, links, and paths that must not be there."""

from __future__ import annotations

import secrets
import shutil
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

SHOWN = 100_000


def plan_directories(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Folders: `{path, mode, owner, group}`; parents are made with mode 0755."""
    for wanted in declared:
        path = Path(wanted["path"])
        mode, owner = _ownership(wanted, "0755")
        if not path.is_dir():
            context.touched.add(str(path))
            yield Item(f"folder {path}", "create", "isn't there", partial(_make_folder, path, mode, owner))
        elif reason := _differs(path, mode, owner):
            yield Item(f"folder {path}", "update", reason, partial(atomic.own, path, mode, owner))


def plan_files(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Files: `{path, content, mode, owner, group, needs: [path]}`; one that `needs` paths is left alone without them.

    Instead of `content`, `secret: NAME` stands for what this run was given (without it, a file that is there stays and
    one that isn't waits for a later run), and `random: BYTES` for a secret that is made up once.
    """
    for wanted in declared:
        path, secret = Path(wanted["path"]), wanted.get("secret")
        if not all(Path(needed).exists() for needed in wanted.get("needs", [])):
            continue
        if secret and secret not in context.secrets:
            item = None if path.exists() else Item(f"file {path}", "create", "isn't there", _nothing, later="a token")
        elif "random" in wanted:
            made = path.read_text() if path.exists() else secrets.token_hex(wanted["random"]) + "\n"
            item = _plan_file(path, made.encode(), wanted, hidden=True)
        else:
            content = context.secrets[secret] + "\n" if secret else wanted["content"]
            item = _plan_file(path, content.encode(), wanted, hidden=bool(secret))
        if item:
            (context.awaited if item.later else context.touched).add(str(path))
            yield item


def plan_links(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Symbolic links: `{path, target}`."""
    for wanted in declared:
        path, target = Path(wanted["path"]), wanted["target"]
        now = path.readlink() if path.is_symlink() else None
        if now is None or str(now) != target:
            context.touched.add(str(path))
            reason = f"points to {now}" if now else "isn't a link" if path.exists() else "isn't there"
            yield Item(f"link {path}", "update" if now else "create", reason, partial(_make_link, path, target))


def plan_absent(declared: list[str], context: Context) -> Iterator[Item]:
    """Paths that must not be there; a folder goes with all that is in it."""
    for name in declared:
        path = Path(name)
        if path.is_symlink() or path.exists():
            context.touched.add(name)
            yield Item(f"path {path}", "delete", "isn't wanted", partial(remove, path))


def remove(path: Path) -> None:
    """Delete a file, a link or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _plan_file(path: Path, content: bytes, wanted: dict[str, Any], *, hidden: bool) -> Item | None:
    mode, owner = _ownership(wanted, "0644")
    before = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    if before == content:
        reason = _differs(path, mode, owner)
        return Item(f"file {path}", "update", reason, partial(atomic.own, path, mode, owner)) if reason else None
    write = partial(_write, path, content, mode, owner)
    diff = None if hidden else _diff(path, before, content)
    if before is None:
        return Item(f"file {path}", "create", "isn't there", write, diff)
    return Item(f"file {path}", "update", "its content differs", write, diff)


def _diff(path: Path, before: bytes | None, after: bytes) -> dict[str, str]:
    old = "" if before is None else before.decode(errors="replace")
    return {"header": str(path), "before": old[:SHOWN], "after": after.decode(errors="replace")[:SHOWN]}


def _ownership(wanted: dict[str, Any], default: str) -> tuple[int, tuple[int, int]]:
    owner = atomic.ids(wanted.get("owner", "root"), wanted.get("group", "root"))
    return int(wanted.get("mode", default), 8), owner


def _differs(path: Path, mode: int, owner: tuple[int, int]) -> str:
    now = path.stat()
    if stat.S_IMODE(now.st_mode) != mode:
        return f"its mode is {stat.S_IMODE(now.st_mode):04o}, not {mode:04o}"
    if (now.st_uid, now.st_gid) != owner:
        return "its owner is {}:{}, not {}:{}".format(now.st_uid, now.st_gid, *owner)
    return ""


def _make_folder(path: Path, mode: int, owner: tuple[int, int]) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    path.mkdir(parents=True, exist_ok=True)
    atomic.own(path, mode, owner)


def _make_link(path: Path, target: str) -> None:
    if path.is_dir() and not path.is_symlink():
        remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.link(path, target)


def _write(path: Path, content: bytes, mode: int, owner: tuple[int, int]) -> None:
    if path.is_dir() and not path.is_symlink():
        remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, content, mode, owner)


def _nothing() -> None:
    """Stand for what a later run does."""
