"""The checkpoint file: what the stack consists of, as of the last run that ended.

Format: {"version": 3, "checkpoint": {"stack", "latest": {manifest, secrets_providers, resources, pending_operations}}}
(pulumi/pulumi sdk/go/common/apitype/core.go).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mecctl.engine.state.files import telling, write_whole
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VERSION = 3
NONE = "none"  # the digest that stands for "no checkpoint yet"


Record = dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as read: `salt` is the passphrase provider's state; records are still encrypted."""

    salt: str | None
    records: tuple[Record, ...]
    pending: tuple[Record, ...]
    digest: str


def read(path: Path) -> Checkpoint:
    """Read the checkpoint at `path`, an empty one when there is no file.

    Raises MecctlError when it is damaged, of a newer format, or encrypted by anything but a passphrase.
    """
    with telling(path, "read"):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return Checkpoint(None, (), (), NONE)
    try:
        document = json.loads(content)
        found = document["version"]
        latest = document["checkpoint"].get("latest") or {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MecctlError(
            "the state file is damaged", where=str(path), why=str(error), fix=f"look at {path.name}.bak beside it"
        ) from error
    if found != VERSION:
        raise MecctlError(
            f"the state file has format {found}, this mecctl knows {VERSION}",
            where=str(path),
            fix="use the mecctl or pulumi that wrote it",
        )
    _check_manifest(path, latest.get("manifest") or {})
    return Checkpoint(
        _salt(path, latest.get("secrets_providers")),
        tuple(latest.get("resources") or ()),
        tuple(entry["resource"] for entry in latest.get("pending_operations") or () if entry["type"] == "creating"),
        digest(content),
    )


def encode(name: tuple[str, str], salt: str, records: Sequence[Record], pending: Sequence[Record], time: str) -> bytes:
    """Return the content of a checkpoint of `name` = (project, stack).

    `pending` are the records of objects that may or may not have been created; `time` is ISO 8601.
    """
    project, stack = name
    maker = f"v{version('pulumi')}"
    latest = {
        "manifest": {"time": time, "magic": hashlib.sha256(maker.encode()).hexdigest(), "version": maker},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": list(records),
        **({"pending_operations": [{"resource": one, "type": "creating"} for one in pending]} if pending else {}),
        "metadata": {},
    }
    document = {"version": VERSION, "checkpoint": {"stack": f"organization/{project}/{stack}", "latest": latest}}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def write(path: Path, content: bytes) -> None:
    """Put a checkpoint in place; the one before stays as `.bak`."""
    with telling(path, "written"):
        if path.exists():
            backup = path.with_name(f"{path.name}.bak")
            backup.unlink(missing_ok=True)
            os.link(path, backup)
    write_whole(path, content)


def digest(content: bytes) -> str:
    """Return what tells one checkpoint from another."""
    return hashlib.sha256(content).hexdigest()


def _check_manifest(path: Path, manifest: dict[str, Any]) -> None:
    if manifest and manifest.get("magic") != hashlib.sha256(str(manifest.get("version")).encode()).hexdigest():
        raise MecctlError("the state file was altered: its manifest doesn't fit", where=str(path))


def _salt(path: Path, provider: dict[str, Any] | None) -> str | None:
    if not provider:
        return None
    if provider.get("type") != "passphrase":
        raise MecctlError(
            f"the state's secrets are kept by {provider.get('type')!r}, this engine knows `passphrase` only",
            where=str(path),
        )
    return str(provider["state"]["salt"])
