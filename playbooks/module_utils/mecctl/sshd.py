"""The SSH server's settings, in a file of their own; what would lock the operator out never stays."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible.module_utils.mecctl.item import Context

MAIN = Path("/etc/ssh/sshd_config")
SHIPPED = Path("/usr/etc/ssh/sshd_config")
"""Read where the administrator has written no other, on newer systems of the SUSE family."""
PID = Path("/run/sshd.pid")
SSHD = "/usr/sbin/sshd"


def plan_sshd(declared: dict[str, Any], _context: Context) -> Iterator[Item]:
    """`{path, settings: {keyword: value}}`; without settings the file must not be there.

    sshd takes the first line of a keyword that it meets, so another file may stand in the way. Raises NodeError for
    that, and where sshd doesn't read the file at all.
    """
    path, settings = Path(declared["path"]), declared["settings"]
    before = path.read_bytes() if path.exists() else None
    if settings:
        _heed(path, settings)
    after = _text(settings) if settings else None
    if before != after:
        action = "delete" if after is None else "create" if before is None else "update"
        diff = {"header": str(path), "before": (before or b"").decode(), "after": (after or b"").decode()}
        yield Item(f"file {path}", action, _reason(before, after), partial(_put, path, before, after), diff)
    elif settings and _older(path):
        yield Item("sshd", "restart", f"{path} is newer", _reload)


def remove(path: Path) -> None:
    """Take the file away and have sshd do without it."""
    _put(path, path.read_bytes(), None)


def _text(settings: Mapping[str, str]) -> bytes:
    lines = [f"{keyword} {value}\n" for keyword, value in settings.items()]
    return "".join(["# Keys only, from nobody's agent to nobody's port; made by mecctl.\n", *lines]).encode()


def _reason(before: bytes | None, after: bytes | None) -> str:
    return "isn't wanted" if after is None else "isn't there" if before is None else "its content differs"


def _put(path: Path, before: bytes | None, after: bytes | None) -> None:
    """Change the file if sshd accepts its configuration as a whole with it; else the old one comes back."""
    _write(path, after)
    checked = run([SSHD, "-t"], check=False)
    if checked.code:
        _write(path, before)
        fix = "make that line one that this sshd knows, or take it out; sshd -t on the node checks it"
        raise NodeError("sshd refuses its new settings; the old ones stay", where=str(path), why=checked.last, fix=fix)
    _reload()


def _write(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        atomic.write(path, content, mode=0o600)


def _older(path: Path) -> bool:
    """Whether sshd started before the file was written; it writes its process id whenever it reads its settings."""
    return PID.exists() and PID.stat().st_mtime < path.stat().st_mtime


def _reload() -> None:
    """Have a listening sshd read its settings again; sessions go on, and without one the next start reads them."""
    if PID.exists():
        os.kill(int(PID.read_text()), signal.SIGHUP)


def _heed(path: Path, settings: Mapping[str, str]) -> None:
    """Raise NodeError unless sshd, reading in its order, takes every setting from `path`."""
    wanted = {keyword.lower(): value for keyword, value in settings.items()}
    main = MAIN if MAIN.exists() else SHIPPED
    for keyword, value, where in _lines(main, path):
        if where is None:
            return
        if wanted.get(keyword, value) != value:
            raise NodeError(
                f"{keyword} is {value}, not {wanted[keyword]}",
                where=where,
                why=f"sshd takes the first line that it meets, and {path} comes after it",
                fix="take that line out, then run the same command again",
            )
    raise NodeError(
        f"sshd doesn't read {path}",
        where=str(main),
        fix=f"put this line first there: Include {path.parent}/*.conf",
    )


def _lines(file: Path, ours: Path) -> Iterator[tuple[str, str, str | None]]:
    """Keyword, value and place of the lines in sshd's order; the place is None where `ours` is read.

    What stands behind `Match` is for some logins only and isn't followed.
    """
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        words = line.replace("=", " ", 1).split(None, 1)
        if len(words) < 2 or words[0].startswith("#"):
            continue
        keyword, value = words[0].lower(), words[1].split(" #")[0].strip().strip('"')
        if keyword == "match":
            return
        if keyword != "include":
            yield keyword, value, f"{file}:{number}"
            continue
        for pattern in value.split():
            for found in sorted({*_glob(pattern), *([ours] if ours.match(_full(pattern)) else [])}):
                if found == ours:
                    yield "", "", None
                    return
                yield from _lines(found, ours)


def _full(pattern: str) -> str:
    return pattern if pattern.startswith("/") else f"{MAIN.parent}/{pattern}"


def _glob(pattern: str) -> Iterator[Path]:
    return Path("/").glob(_full(pattern)[1:])
