"""What a step would do or has done, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["create", "update", "replace", "delete", "import", "restart", "run"]


@dataclass(frozen=True, order=True)
class Change:
    """One change of one thing, for example `edge-1 /etc/containerd/config.toml`, `update`, `content differs`.

    `subject` starts with the node's name for a node (`edge-1: unit kubelet`) and with the stack's for the cluster
    (`slices: v1/Namespace slice-1-0000a1`), so that plans sort and compare.
    """

    subject: str
    action: Action
    reason: str
