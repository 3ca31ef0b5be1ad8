"""Artifacts for tests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mecctl.artifacts.lock import Artifact

if TYPE_CHECKING:
    import tarfile


def artifact(name: str, source: dict[str, Any], **more: Any) -> Artifact:
    return Artifact.model_validate(
        {"name": name, "version": "v1", "arch": "amd64", "source": source, "file": name, **more}
    )


def content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None, f"{name} is no file"
    return file.read()


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
