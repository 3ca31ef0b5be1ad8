"""What became of a stack's objects since the stack last saw them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Standing = Literal["unchanged", "changed", "deleted", "not-ours", "unreachable"]


@dataclass(frozen=True)
class FieldDrift:
    """A field that isn't as the stack set it, such as `spec.replicas`, and who set it (nobody: it was taken out)."""

    path: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One object: `changed` in `fields`, `deleted`, made anew by someone else (`not-ours`), or not to be seen.

    `unreachable` says nothing about the object: whoever was asked didn't answer, or refused to. `object` is its own
    name, with the namespace (`default/web`); `name` is the one in the program.
    """

    urn: str
    type: str
    name: str
    object: str
    standing: Standing
    reason: str = ""
    fields: tuple[FieldDrift, ...] = ()


@dataclass(frozen=True)
class Findings:
    """One for each object of the stack, in the order of their URNs."""

    objects: tuple[Finding, ...] = ()

    @property
    def drifted(self) -> tuple[Finding, ...]:
        """What is known not to be as the stack left it."""
        return tuple(one for one in self.objects if one.standing not in ("unchanged", "unreachable"))

    @property
    def unreachable(self) -> tuple[Finding, ...]:
        """What nothing is known about."""
        return tuple(one for one in self.objects if one.standing == "unreachable")

    def json(self) -> dict[str, Any]:
        """Return `{objects: [{urn, type, name, object, standing, reason, fields: [{path, by: [manager]}]}]}`."""
        return asdict(self)
