"""Files around a key that is made up once and that nothing can replace: what it encrypted needs it."""

from __future__ import annotations

import base64
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.files import plan_files
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context


def plan_key_files(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Files: `{path, content, key: BYTES, mode}`, where `{key}` in the content stands for a random key in base64.

    A file that is there keeps its content, whatever that is. Raises NodeError when one that was made is gone.
    """
    for wanted in declared:
        path = Path(wanted["path"])
        record = context.store / "keys" / path.as_posix().strip("/").replace("/", "-")
        if path.exists():
            kept = {**{k: v for k, v in wanted.items() if k != "key"}, "content": path.read_text()}
            yield from plan_files([kept], context)
            continue
        if record.exists():
            raise NodeError(
                f"{path} is gone, and with it the key of what the cluster has encrypted",
                why="a new key would not read it",
                fix=f"put {path} back from a backup; or take the site down and up again, which loses its data",
            )
        context.touched.add(str(path))
        yield Item(f"file {path}", "create", "isn't there", partial(_make, path, wanted, record))


def _make(path: Path, wanted: dict[str, Any], record: Path) -> None:
    """The record comes last: without it a run that was cut short makes the key again, which nothing has used yet."""
    key = base64.b64encode(secrets.token_bytes(wanted["key"])).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, wanted["content"].replace("{key}", key).encode(), int(wanted["mode"], 8))
    record.parent.mkdir(mode=0o700, exist_ok=True)
    atomic.write(record, b"", 0o600)
