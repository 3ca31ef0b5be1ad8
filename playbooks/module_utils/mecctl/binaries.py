"""Programs and other single files that are installed from artifacts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic, blobs
from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context


def plan_binaries(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Installed artifacts: `{sha256, path, mode}`; the file at `path` has exactly that content."""
    context.signatures.warm(path for wanted in declared if _is_plain(path := Path(wanted["path"])))
    for wanted in declared:
        path = Path(wanted["path"])
        sha256, mode = wanted["sha256"], int(wanted.get("mode", "0755"), 8)
        now = context.signatures.sha256(path) if _is_plain(path) else None
        if now != sha256:
            blobs.need(sha256, str(path), context)
            context.touched.add(str(path))
            reason = "isn't there" if now is None else f"is {now[:12]}…, not {sha256[:12]}…"
            install = partial(_install, sha256, path, mode, context)
            yield Item(f"binary {path}", "create" if now is None else "replace", reason, install)
        elif path.stat().st_mode & 0o7777 != mode:
            reason = f"its mode is {path.stat().st_mode & 0o7777:04o}, not {mode:04o}"
            yield Item(f"binary {path}", "update", reason, partial(path.chmod, mode))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _install(sha256: str, path: Path, mode: int, context: Context) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.copy(blobs.path_of(sha256, context), path, mode)
    context.signatures.learn(path, sha256)
    context.unsettled.add(path.parent)
