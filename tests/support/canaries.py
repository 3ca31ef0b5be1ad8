"""Looks for secrets where none may be."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_GZIP = re.compile(rb"\x1f\x8b\x08")
_BIGGEST = 64 * 2**20  # bytes of one member unpacked


def forms(canary: str) -> Iterator[bytes]:
    """Yield a text as it is, escaped, in hex, URL-encoded, and in base64 at each place within a longer text."""
    content = canary.encode()
    yield content
    yield json.dumps(canary)[1:-1].encode()
    yield json.dumps(canary, ensure_ascii=False)[1:-1].encode()
    yield content.hex().encode()
    yield content.hex().upper().encode()
    yield quote(canary, safe="").encode()
    yield quote_plus(canary).encode()
    for shift in range(3):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            coded = code(b"x" * shift + content)
            # The first and the last characters depend on what stands around it.
            yield coded[4 if shift else 0 : len(coded) - 4]


def found(canary: str, *places: Path | bytes | str) -> list[str]:
    """Return where a canary is: files, all files below folders, and texts; in them and in what is packed in them."""
    return found_any([canary], *places)


def found_any(canaries: Iterable[str], *places: Path | bytes | str) -> list[str]:
    """Return where any of the canaries is, reading each place once."""
    wanted = [(canary, form) for canary in canaries for form in forms(canary)]
    return [
        f"{canary} as {form!r} in {name}"
        for place in places
        for name, content in _contents(place)
        for layer in (content, *unpacked(content))
        for canary, form in wanted
        if form in layer
    ]


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what each gzip member that starts anywhere in `content` holds, as far as it can be unpacked."""
    for start in _GZIP.finditer(content):
        unpacker = zlib.decompressobj(31)
        try:
            yield unpacker.decompress(content[start.start() :], _BIGGEST)
        except zlib.error:
            continue


def processes(pids: Iterable[int]) -> Mapping[int, bytes]:
    """Return the command line and the environment of each process that still runs, with those it has started."""
    seen: dict[int, bytes] = {}
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        try:
            folder = Path(f"/proc/{pid}")
            seen[pid] = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
            for children in folder.glob("task/*/children"):
                waiting += map(int, children.read_text().split())
        except OSError:
            continue  # it ended meanwhile
    return seen


def git_objects(folder: Path) -> bytes:
    """Return the content of every object in a Git repository, reachable or not."""
    command = ["git", "-C", str(folder), "cat-file", "--batch", "--batch-all-objects"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _contents(place: Path | bytes | str) -> Iterator[tuple[str, bytes]]:
    if isinstance(place, bytes | str):
        content = place if isinstance(place, bytes) else place.encode()
        yield f"a text: {content[:300]!r}", content
    else:
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
