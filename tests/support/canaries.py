"""Looks for secrets where none may be."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def forms(canary: str) -> Iterator[bytes]:
    """Yield a text as it is, in hex, and what base64 makes of it at each place within a longer text."""
    content = canary.encode()
    yield content
    yield content.hex().encode()
    yield content.hex().upper().encode()
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + content)
        # The first and the last characters depend on what stands around it.
        yield coded[4 if shift else 0 : len(coded) - 4]


def found(canary: str, *places: Path | bytes | str) -> list[str]:
    """Return where a canary is: files, all files below folders, and texts."""
    return [
        f"{form!r} in {name}"
        for place in places
        for name, content in _contents(place)
        for form in forms(canary)
        if form in content
    ]


def _contents(place: Path | bytes | str) -> Iterator[tuple[str, bytes]]:
    if isinstance(place, bytes | str):
        content = place if isinstance(place, bytes) else place.encode()
        yield f"a text: {content[:300]!r}", content
    else:
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
