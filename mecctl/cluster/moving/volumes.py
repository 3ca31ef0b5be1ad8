"""Volumes that go along: a pod that waits for them at the target, and most of them brought over before the switch."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.cluster.moving.side import Side

_PATIENCE = 60
"""Seconds in which a part of a volume is read or written."""


def bring(source: Side, target: Side, epoch: int) -> tuple[dict[str, str | None], int]:
    """Return the `context` that gate/switch.py is told, and how many bytes are at the target already.

    Raises MecctlError where a carrier isn't there, or the volumes can't be read or written.
    """
    key = secrets.token_hex(16)
    target.pod.end()  # one that an earlier move has left may run
    target.pod.begin()
    for side in (source, target):
        side.pod.tell("key", key, str(epoch))
    context: dict[str, str | None] = {"carrier": source.carrier, "key": key}
    told = {"epoch": epoch, "peer": target.address, "seconds": _PATIENCE, "context": context}
    found = source.tell("prepare", json.dumps(told))
    return context, int(found["bytes"])
