"""The Python packages that mecctl itself runs with, by its requirements.lock (pip's hash-checking mode)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mecctl.artifacts.sbom.part import Part, purl
from mecctl.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def packages() -> tuple[Part, ...]:
    """Return every package of the lock; a package's hashes are those of all files that pip may take it from."""
    return tuple(_packages(resource(LOCK).read_text()))


def _packages(text: str) -> Iterator[Part]:
    for block in text.replace("\\\n", " ").splitlines():
        if match := _PINNED.match(block):
            name, version = re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]
            hashes = tuple(sorted(_HASH.findall(block)))
            notes = (("mecctl:runs-on", "the machine that mecctl runs on"),)
            yield Part(f"pypi/{name}@{version}", "library", name, version, purl("pypi", name, version), hashes, notes)
