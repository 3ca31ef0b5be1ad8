"""Artifacts on the node, each under its sha256: pushed over SSH, or on a volume the node was given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from pathlib import Path

    from ansible.module_utils.mecctl.item import Context

INBOX = "inbox"


def find(sha256: str, context: Context) -> Path | None:
    """Where the node has a blob, or None; its content isn't checked here."""
    for folder in ("artifacts", "seed"):
        path = context.store / folder / sha256
        if path.is_file():
            return path
    return None


def need(sha256: str, name: str, context: Context) -> None:
    """Note that this run will use a blob; `name` is what people call it."""
    context.needed_blobs.setdefault(sha256, name)


def path_of(sha256: str, context: Context) -> Path:
    """Where a blob that was noted is. Raises NodeError when it has gone in the meantime."""
    path = find(sha256, context)
    if path is None:
        raise NodeError(f"the artifact {sha256} has gone from {context.store}")
    return path


def missing(context: Context) -> list[str]:
    """The noted blobs that the node lacks or has in a broken copy, after hashing all of them; broken ones are put away.

    Raises NodeError when a copy that was just pushed is broken: then the sender's own copy is.
    """
    _accept(context)
    there = {sha: path for sha in context.needed_blobs if (path := find(sha, context))}
    context.signatures.warm(there.values())
    broken = {sha: path for sha, path in there.items() if context.signatures.sha256(path) != sha}
    for sha, path in broken.items():
        if path.parent.name == "seed":
            raise NodeError(
                f"the artifact of {context.needed_blobs[sha]} isn't what it was when it was stored",
                where=str(path),
                why=f"its sha256 is {context.signatures.sha256(path)} instead of {sha}",
                fix="remove that file from the artifact cache and run the same command again",
            )
        path.unlink()
    context.signatures.save()
    return [sha for sha in context.needed_blobs if sha not in there or sha in broken]


def open_inbox(user: str, context: Context) -> Path:
    """The folder that `user` may put blobs into; only what hashes to its own name leaves it."""
    inbox = context.store / INBOX
    context.store.mkdir(mode=0o755, parents=True, exist_ok=True)
    inbox.mkdir(exist_ok=True)
    uid, gid = atomic.ids(user, "root")
    os.chown(inbox, uid, gid)
    inbox.chmod(0o700)
    return inbox


def _accept(context: Context) -> None:
    inbox = context.store / INBOX
    if not inbox.is_dir():
        return
    folder = context.store / "artifacts"
    folder.mkdir(exist_ok=True)
    for path in inbox.iterdir():
        if path.name not in context.needed_blobs:
            path.unlink()
    context.signatures.warm(inbox.iterdir())
    for path in sorted(inbox.iterdir()):
        digest = context.signatures.sha256(path)
        if digest != path.name:
            path.unlink()
            fix = "run the same command again; if it comes back, remove the file from the artifact cache"
            what = f"the artifact of {context.needed_blobs[path.name]} arrived broken"
            raise NodeError(what, why=f"its sha256 is {digest} instead of {path.name}", fix=fix)
        os.chown(path, 0, 0)
        path.chmod(0o755)
        context.signatures.learn(path.replace(folder / path.name), digest)
    inbox.rmdir()
