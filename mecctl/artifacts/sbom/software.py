"""What was found installed on a node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Package:
    """An installed package of the system's; `format` is that of its file."""

    name: str
    version: str
    arch: str
    format: Literal["deb", "rpm"] = "deb"


@dataclass(frozen=True)
class Software:
    """A node's packages, sorted, and the digest of each image by its reference; `distro` is for example `debian-12`."""

    arch: str
    distro: str
    packages: tuple[Package, ...]
    images: Mapping[str, str] = field(default_factory=dict)
