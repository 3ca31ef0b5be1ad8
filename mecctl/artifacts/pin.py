"""Pins what outsiders publish: reads the publisher's own checksums and writes a lock file beside the site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from mecctl.artifacts.cache import sha256_of
from mecctl.artifacts.lock import read
from mecctl.artifacts.source import FileSource, UrlSource
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.artifacts.lock import Artifact

_HEAD = "# Written by mecctl artifacts pin; entries here replace those of the locks that mecctl ships.\n"


def pin(artifacts: Iterable[Artifact], fetch: Callable[[str, str], str], site_lock: Path) -> tuple[Artifact, ...]:
    """Find the sha256 of every artifact that has none yet and write them into the site's lock; returns those.

    `fetch` takes a URL and what to call it in an error, and returns the text (`download.fetch_text`). Raises
    MecctlError when a publisher's checksums don't name the file; nothing is written then.
    """
    own = {artifact.key: artifact for artifact in (read(site_lock).artifacts if site_lock.exists() else ())}
    # The site's own entry is taken as it is written there, with its relative path.
    pinned = tuple(
        own.get(artifact.key, artifact).model_copy(update={"sha256": _sha256(artifact, fetch)})
        for artifact in artifacts
        if artifact.sha256 is None and isinstance(artifact.source, UrlSource | FileSource)
    )
    if pinned:
        _write(site_lock, [*(own | {artifact.key: artifact for artifact in pinned}).values()])
    return pinned


def _sha256(artifact: Artifact, fetch: Callable[[str, str], str]) -> str:
    source = artifact.source
    if isinstance(source, FileSource):
        path = Path(source.path)
        if not path.is_file():
            raise MecctlError(f"{artifact.key} is to come from a file that isn't there", where=source.path)
        return sha256_of(path)
    if not isinstance(source, UrlSource) or source.checksums is None:
        raise MecctlError(
            f"{artifact.key} names no file of checksums to pin it from",
            fix="write its sha256, as the publisher states it, into the site's artifacts.lock.yaml",
        )
    text = fetch(source.checksums, f"the checksums of {artifact.key}")
    found = _listed(text, source.url.rsplit("/", 1)[-1])
    if found is None:
        raise MecctlError(
            f"the publisher's checksums don't say the sha256 of {artifact.key}",
            where=source.checksums,
            fix="correct the entry's `checksums` in the site's artifacts.lock.yaml",
        )
    return found


def _listed(text: str, file: str) -> str | None:
    """Find a file's sum in lines of `<sha256>  <file>`, or the only one in a text that is just a sum."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    sums = [row[0] for row in rows if len(row) == 1 or row[-1].lstrip("*").rsplit("/", 1)[-1] == file]
    return sums[0].lower() if len(sums) == 1 and len(sums[0]) == 64 else None


def _write(path: Path, artifacts: list[Artifact]) -> None:
    entries = [artifact.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for artifact in artifacts]
    new = path.with_name(f".{path.name}.new")
    with new.open("w") as file:
        file.write(_HEAD + yaml.safe_dump({"artifacts": entries}, sort_keys=False, width=120))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
