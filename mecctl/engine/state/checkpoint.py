"""The checkpoint: what the stack consists of, as of the last run that ended.

Format: {"version": 3, "checkpoint": {"stack", "latest": {manifest, secrets_providers, resources, pending_operations}}}
(pulumi/pulumi sdk/go/common/apitype/core.go).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from mecctl.engine.state import integrity, version
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE = "none"  # the digest that stands for "no checkpoint yet"
_GZIPPED = b"\x1f\x8b"


Record = dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as read: `salt` is the passphrase provider's state; records are still encrypted.

    `key` is where it was read, empty when there is none; `latest` all that it says.
    """

    salt: str | None = None
    records: tuple[Record, ...] = ()
    pending: tuple[Record, ...] = ()
    digest: str = NONE
    key: str = ""
    latest: Record = field(default_factory=dict)


def parse(content: bytes, key: str, where: str) -> Checkpoint:
    """Read a checkpoint, plain or gzipped, that was found at `where`.

    Raises MecctlError when it is damaged, not sound, of a newer format, or encrypted by anything but a passphrase.
    """
    try:
        document = json.loads(gzip.decompress(content) if content.startswith(_GZIPPED) else content)
        version.check(document, where)
        said = document["checkpoint"].get("latest") or {}
    except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zlib.error) as error:
        raise MecctlError(
            "the state file is damaged", where=where, why=str(error), fix="put back `.bak` beside it"
        ) from error
    if said:
        integrity.check(said, where)
    return Checkpoint(
        salt_of(said, where),
        tuple(said.get("resources") or ()),
        tuple(entry["resource"] for entry in said.get("pending_operations") or () if entry["type"] == "creating"),
        digest(content),
        key,
        said,
    )


def latest(salt: str, records: Sequence[Record], pending: Sequence[Record], time: str) -> Record:
    """Return what a checkpoint says of a stack.

    `pending` are the records of objects that may or may not have been created; `time` is ISO 8601.
    """
    maker = f"v{metadata.version('pulumi')}"
    return {
        "manifest": {"time": time, "magic": integrity.magic(maker), "version": maker},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": list(records),
        **({"pending_operations": [{"resource": one, "type": "creating"} for one in pending]} if pending else {}),
        "metadata": {},
    }


def wrap(name: tuple[str, str], said: Record) -> bytes:
    """Return the content of a checkpoint of `name` = (project, stack) that says `said`. Raises IntegrityError."""
    stack = f"organization/{name[0]}/{name[1]}"
    integrity.check(said, f"what was about to be written for {stack}")
    return compact({**version.header(said), "checkpoint": {"stack": stack, "latest": said}})


def compact(document: object) -> bytes:
    """Return JSON the way Pulumi writes it: no spaces, no escapes that aren't needed (pkg/backend/diy/state.go)."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: bytes) -> str:
    """Return what tells one checkpoint from another."""
    return hashlib.sha256(content).hexdigest()


def salt_of(said: Record, where: str) -> str | None:
    """Return the state of the passphrase provider, None for none. Raises MecctlError for another provider."""
    provider = said.get("secrets_providers")
    if not provider:
        return None
    if provider.get("type") != "passphrase":
        raise MecctlError(
            f"the state's secrets are kept by {provider.get('type')!r}, this engine knows `passphrase` only",
            where=where,
            fix="use `engine: pulumi`, or change it with `pulumi stack change-secrets-provider passphrase`",
        )
    return str(provider["state"]["salt"])
