"""The bill of materials of a site: everything that mecctl puts on its nodes, and what mecctl itself runs with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.artifacts.sbom import installed, packages, python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mecctl.artifacts.lock import Artifact
    from mecctl.artifacts.sbom.part import Part
    from mecctl.artifacts.sbom.software import Software
    from mecctl.artifacts.store import Store

NODE = "mecctl:node"


def parts(needed: Mapping[str, Sequence[Artifact]], seen: Mapping[str, Software], store: Store) -> tuple[Part, ...]:
    """Return all parts of a site, by ref.

    `needed` is what each node gets by the lock, `seen` what was found on those that answered: Debian packages, and
    images that they pulled by themselves.
    """
    return tuple(sorted(_merged([*_locked(needed, store), *_live(seen), *python.packages()]), key=lambda one: one.ref))


def _locked(needed: Mapping[str, Sequence[Artifact]], store: Store) -> Iterator[Part]:
    artifacts = {artifact.key: artifact for them in needed.values() for artifact in them}
    for key, artifact in artifacts.items():
        nodes = [name for name, them in needed.items() if key in {one.key for one in them}]
        yield from installed.parts(artifact, store, tuple((NODE, name) for name in nodes))


def _live(seen: Mapping[str, Software]) -> Iterator[Part]:
    for node, found in seen.items():
        here = ((NODE, node),)
        for one in found.packages:
            yield packages.package(one, found.distro, here)
        for ref, digest in found.images.items():
            yield installed.container(ref, digest, found.arch, here)


def _merged(found: Iterable[Part]) -> Iterable[Part]:
    """Make one of parts that are the same; what a recipe says comes before what was seen."""
    merged: dict[str, Part] = {}
    for part in found:
        first = merged.setdefault(part.ref, part)
        notes = dict.fromkeys([*first.notes, *part.notes])
        known = bool(first.sha256 or part.sha256)
        kept = tuple(note for note in notes if not (known and note[0] == "mecctl:unknown"))
        best = first if first.sha256 or not part.sha256 else part
        merged[part.ref] = replace(best, notes=kept, needs=first.needs or part.needs)
    return merged.values()
