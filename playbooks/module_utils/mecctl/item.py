"""The parts of a plan: what is to change on this node, why, and the function that makes it so."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible.module_utils.mecctl.images import Imports
    from ansible.module_utils.mecctl.signatures import Signatures

STORE = Path("/var/lib/mecctl")


class NodeError(Exception):
    """Something on the node stands in the way: what, where, why if known, and what mends it."""

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix


@dataclass(frozen=True)
class Item:
    """One change of one subject; `act` makes it, `later` says what it waits for (then it isn't made now)."""

    subject: str
    action: str
    reason: str
    act: Callable[[], object]
    diff: dict[str, str] | None = None
    later: str = ""

    def change(self) -> dict[str, str]:
        """The change as data."""
        return {"subject": self.subject, "action": self.action, "reason": self.reason}


@dataclass
class Context:
    """What the planners of one run share.

    `store` holds artifacts/<sha256>, seed/<sha256> and the records; `secrets` are values that only this run was given;
    `touched` are the paths that this run will have changed, `awaited` those that a later one makes, `unsettled` the
    folders whose files may not be on the disk yet; `needed_blobs` are the artifacts that this run will read, with what
    people call them. `name` is this node's, `cluster` what tells the
    cluster that doesn't know it.
    `fixed` are settings that the cluster can't change, and `imports` runs beside what follows. `trial` says for how
    many seconds a new packet filter is on trial; 0 for none.
    """

    signatures: Signatures
    store: Path = STORE
    secrets: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    unsettled: set[Path] = field(default_factory=set)
    awaited: set[str] = field(default_factory=set)
    name: str = ""
    cluster: str = ""
    needed_blobs: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    imports: Imports | None = None
    trial: int = 0
