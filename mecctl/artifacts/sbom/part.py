"""One thing that a site consists of, as a bill of materials lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packageurl import PackageURL

Kind = Literal["application", "library", "container", "file"]


@dataclass(frozen=True)
class Part:
    """A component: `ref` tells it from all others, `sha256` are those of its files, `needs` the refs it is made of.

    `purl` is its package URL (https://github.com/package-url/purl-spec), `notes` are name and value of what has no
    field of its own.
    """

    ref: str
    kind: Kind
    name: str
    version: str
    purl: str
    sha256: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()


def purl(kind: str, name: str, version: str, *, within: str = "", subpath: str = "", **qualifiers: str) -> str:
    """Return a package URL; `within` is the namespace, qualifiers without a value are left out."""
    return PackageURL(kind, within, name, version, {k: v for k, v in qualifiers.items() if v}, subpath).to_string()
