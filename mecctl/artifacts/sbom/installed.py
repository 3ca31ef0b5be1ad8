"""What the artifact lock puts on nodes: programs and images, each with what it is made of."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

from mecctl.artifacts.sbom import golang, packages
from mecctl.artifacts.sbom.part import Part, purl
from mecctl.artifacts.source import DebianSource, GoSource, ImageSource, UrlSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact
    from mecctl.artifacts.source import Image
    from mecctl.artifacts.store import Store

_RELEASES = {"bookworm": "debian-12", "trixie": "debian-13"}


def parts(artifact: Artifact, store: Store, notes: tuple[tuple[str, str], ...]) -> Iterator[Part]:
    """Yield an artifact and all that is inside it; `notes` go to what nodes get of it, not to what that is made of.

    An image's digest and a root file system's packages are known once they were made, on this machine, from the same
    recipe; a part without them says so.
    """
    if isinstance(artifact.source, ImageSource):
        yield from _images(artifact, artifact.source, store, notes)
    elif isinstance(artifact.source, DebianSource):
        yield from _root(artifact, artifact.source, store)
    elif isinstance(artifact.source, GoSource):
        yield from _built(artifact, artifact.source, store, notes)
    else:
        yield _fetched(artifact, store, notes)


def _fetched(artifact: Artifact, store: Store, notes: tuple[tuple[str, str], ...]) -> Part:
    source = artifact.source
    link = source.url if isinstance(source, UrlSource) else ""
    url = purl("generic", artifact.name, artifact.version, download_url=link, checksum=_checksum(artifact))
    return Part(
        artifact.key, "application", artifact.name, artifact.version, url, _sha256(artifact, store),
        (*_place(artifact), *notes),
    )  # fmt: skip


def _built(artifact: Artifact, source: GoSource, store: Store, notes: tuple[tuple[str, str], ...]) -> Iterator[Part]:
    inside = golang.modules(source.module)
    yield from inside
    module, version, subpath = golang.program(source.package or str(source.tree), source.module)
    yield Part(
        artifact.key,
        "application" if source.package else "file",
        artifact.name,
        artifact.version,
        golang.golang_purl(module, version or artifact.version, subpath),
        _sha256(artifact, store),
        (("mecctl:arch", artifact.arch), *_place(artifact), *notes),
        tuple(part.ref for part in inside),
    )


def _root(artifact: Artifact, source: DebianSource, store: Store) -> Iterator[Part]:
    distro = _RELEASES.get(source.suite, f"debian-{source.suite}")
    found = store.recorded(artifact).get("packages", {})
    inside = packages.packages(found, artifact.arch, distro)
    yield from inside
    url = purl("generic", artifact.name, artifact.version, arch=artifact.arch)
    notes = () if found else (("mecctl:unknown", "the packages inside: it wasn't made on this machine yet"),)
    refs = tuple(part.ref for part in inside)
    yield Part(artifact.key, "file", artifact.name, artifact.version, url, _sha256(artifact, store), notes, refs)


def _images(
    artifact: Artifact, source: ImageSource, store: Store, notes: tuple[tuple[str, str], ...]
) -> Iterator[Part]:
    for need in artifact.needs:
        yield from parts(need, store, ())
    blob = store.cached(artifact)
    digests = _digests(blob.path) if blob else {}
    for image in source.images:
        yield container(image.ref, digests.get(image.ref, ""), artifact.arch, notes, _inside(image, artifact.arch))


def container(
    ref: str, digest: str, arch: str, notes: tuple[tuple[str, str], ...], needs: tuple[str, ...] = ()
) -> Part:
    """Return an image by its reference and the digest of its manifest (`sha256:…`, empty where nobody knows it)."""
    name, tag = _split(ref)
    url = purl("oci", name.rpartition("/")[2], digest, repository_url=name, tag=tag, arch=arch)
    unknown = () if digest else (("mecctl:unknown", "the digest: the image wasn't made on this machine yet"),)
    sha256 = (digest.removeprefix("sha256:"),) if digest else ()
    return Part(f"image/{ref}-{arch}", "container", name, tag or digest, url, sha256, (*unknown, *notes), needs)


def _inside(image: Image, arch: str) -> tuple[str, ...]:
    names = [layer.rootfs for layer in image.layers] + [item.artifact for one in image.layers for item in one.items]
    return tuple(f"{name}-{arch}" for name in dict.fromkeys(names) if name)


def _split(ref: str) -> tuple[str, str]:
    """Return a reference's name and tag, without a digest."""
    name = ref.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "")


def _digests(archive: Path) -> dict[str, str]:
    """Return the digest of each image in an OCI archive, by its reference."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile("index.json")
        index = json.load(file) if file else {"manifests": []}
    return {one["annotations"]["org.opencontainers.image.ref.name"]: one["digest"] for one in index["manifests"]}


def _sha256(artifact: Artifact, store: Store) -> tuple[str, ...]:
    blob = None if artifact.sha256 else store.cached(artifact)
    found = artifact.sha256 or (blob.sha256 if blob else None)
    return (found,) if found else ()


def _checksum(artifact: Artifact) -> str:
    return f"sha256:{artifact.sha256}" if artifact.sha256 else ""


def _place(artifact: Artifact) -> tuple[tuple[str, str], ...]:
    return (("mecctl:path", artifact.install),) if artifact.install else ()
