"""What a place must be able to do to hold state: whole pieces of content under keys, each written at once or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Found:
    """A key that there is, and when its content was written (seconds since 1970, by the place's own clock)."""

    key: str
    modified: float


class Store(Protocol):
    """Content by key (a relative path with slashes). Every method raises MecctlError when the place fails."""

    def where(self, key: str) -> str:
        """Return a key as people look for it: a path, or a URL without credentials."""

    def get(self, key: str) -> bytes | None:
        """Return the content, None when there is none."""

    def put(self, key: str, content: bytes) -> None:
        """Write content, durably and as a whole."""

    def copy(self, source: str, target: str) -> None:
        """Make `target` what `source` is, without moving the content if the place can; durable with the next `put`."""

    def list(self, prefix: str) -> list[Found]:
        """Return all keys that begin with `prefix`, sorted."""

    def delete(self, *keys: str) -> None:
        """Take keys away; one that isn't there is fine."""


class SharedStore(Store, Protocol):
    """A store that many machines write to at the same time."""

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Write content, which nobody else would write, unless the key is there; whether it is there now."""
