"""A recipe's key: a hash over everything that decides what a build gives, so that a change of any of it is noticed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from mecctl.artifacts.source import BoxSource, DiskSource, GoSource, ImageSource
from mecctl.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact

GO_TOOLCHAIN = "go1.26.8"
_BUILDER = 1  # raised when a builder's own code changes what it gives for the same recipe


def recipe_key(artifact: Artifact) -> str:
    """Hash an artifact's version, architecture, source and recipe files and, in turn, those of what it is made of."""
    source = artifact.source
    inputs: dict[str, Any] = {
        "builder": _BUILDER,
        "version": artifact.version,
        "arch": artifact.arch,
        "source": source.model_dump(mode="json"),
        "needs": [recipe_key(need) for need in artifact.needs],
    }
    if source.kind in ("url", "file"):
        inputs["sha256"] = artifact.sha256
    if isinstance(source, GoSource):
        inputs["toolchain"] = GO_TOOLCHAIN
        inputs["files"] = _hashes(go_module(source.module))
    if isinstance(source, DiskSource | BoxSource):
        inputs["files"] = {name: _hash(static_file(name)) for name in source.files}
    if isinstance(source, ImageSource):
        inputs["files"] = {name: _hash(static_file(name)) for name in _statics(source)}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def go_module(name: str) -> Path:
    """Return the folder of a Go module that the lab builds from."""
    return resource("lab") / "go" / name


def static_file(name: str) -> Path:
    """Return a file that goes into an image as it is, by its path under lab/."""
    return resource("lab") / name


def _statics(source: ImageSource) -> list[str]:
    items = [item for image in source.images for layer in image.layers for item in layer.items]
    return sorted({item.static for item in items if item.static})


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: _hash(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
