"""What a past run did, in the words of `pulumi stack history` (pulumi/pulumi pkg/backend/updates.go, UpdateInfo)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGENT = "mecctl"


@dataclass(frozen=True)
class Run:
    """A run; `kind` is update, destroy, refresh or import, times are seconds since 1970.

    `changes` counts resources by what was done to them: create, update, replace, delete, same. The configuration isn't
    repeated, for it may hold what nobody marked as secret.
    """

    kind: str
    started: int
    ended: int
    ok: bool
    changes: Mapping[str, int] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Return it as Pulumi's history files have it."""
        return {
            "kind": self.kind,
            "startTime": self.started,
            "message": "",
            "environment": {"exec.kind": "cli", "exec.agent": _AGENT},
            "config": {},
            "version": 0,
            "result": "succeeded" if self.ok else "failed",
            "endTime": self.ended,
            "resourceChanges": {action: count for action, count in self.changes.items() if count},
        }
