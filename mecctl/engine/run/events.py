"""What happens to single resources while a run goes on, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["seen", "running", "waiting", "same", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """A resource has come to a state; `note` says what is done to it (`create`) or waited for. URNs name resources.

    `seen` comes first and carries `parent`, `type` and `name`; what is deleted need not have been seen before.
    """

    urn: str
    state: State
    note: str = ""
    parent: str = ""
    type: str = ""
    name: str = ""


class Listener(Protocol):
    """Hears of resources, from many threads."""

    def resource(self, event: Event) -> None:
        """Something has happened to a resource."""


class Deaf:
    """A listener that hears nothing."""

    def resource(self, event: Event) -> None:
        """Ignore it."""
