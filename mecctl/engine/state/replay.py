"""What a checkpoint and the journal after it add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.engine.state.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.state.checkpoint import Checkpoint
    from mecctl.engine.state.journal import Entry

Key = tuple[str, str]


@dataclass
class Replayed:
    """Resources by `Resource.key`, and pending ones by URN."""

    resources: dict[Key, Resource]
    pending: dict[str, Resource]

    def put(self, resource: Resource) -> bool:
        """Take a resource as it is now; False when nothing changed. One marked `delete` leaves its place."""
        same = self.resources.get(resource.key) == resource
        pending = self.pending.pop(resource.urn, None) if not resource.delete else None
        self.resources[resource.key] = resource
        if resource.delete:
            current = self.resources.get((resource.urn, ""))
            if current and current.id == resource.id:
                del self.resources[(resource.urn, "")]
        return not same or pending is not None

    def drop(self, key: Key) -> None:
        """Take a resource out."""
        self.resources.pop(key, None)

    def rename(self, old: str, new: str) -> None:
        """Give a resource another URN, and all that refer to it."""
        renamed: dict[Key, Resource] = {}
        for one in self.resources.values():
            moved = one.renamed(old, new).moved(new) if one.urn == old else one.renamed(old, new)
            renamed[moved.key] = moved
        self.resources = renamed


def replay(found: Checkpoint, entries: list[Entry], unseal: Callable[[Any], Any]) -> Replayed:
    """Return what the checkpoint says after everything in the journal; `unseal` decrypts."""
    content = Replayed({}, {})
    for record in found.records:
        one = Resource.from_record(record, unseal)
        content.resources[one.key] = one
    for record in found.pending:
        one = Resource.from_record(record, unseal)
        content.pending[one.urn] = one
    for entry in entries:
        _redo(content, entry, unseal)
    return content


def _redo(content: Replayed, entry: Entry, unseal: Callable[[Any], Any]) -> None:
    if "put" in entry:
        content.put(Resource.from_record(entry["put"], unseal))
    elif "pending" in entry:
        one = Resource.from_record(entry["pending"], unseal)
        content.pending[one.urn] = one
    elif "drop" in entry:
        urn, id_ = entry["drop"]
        content.drop((urn, id_))
    elif "rename" in entry:
        content.rename(*entry["rename"])
    elif "forget" in entry:
        content.pending.pop(entry["forget"], None)
