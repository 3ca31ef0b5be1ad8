"""Packages of operating systems: those on nodes, and Debian's inside root file systems that were built here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.sbom.part import Part, purl
from mecctl.artifacts.sbom.software import Package

if TYPE_CHECKING:
    from collections.abc import Mapping


def package(one: Package, distro: str, notes: tuple[tuple[str, str], ...] = ()) -> Part:
    """Return one package; `distro` is os-release's ID and VERSION_ID, for example `debian-12`."""
    vendor = distro.rpartition("-")[0]
    # Of a deb an epoch stays in the version, of an rpm it is apart, as purl-spec's definitions of the two have it.
    epoch, _, version = one.version.rpartition(":") if one.format == "rpm" else ("", "", one.version)
    url = purl(one.format, one.name, version, within=vendor, arch=one.arch, distro=distro, epoch=epoch)
    ref = f"{one.format}/{one.name}@{one.version}?arch={one.arch}"
    return Part(ref, "library", one.name, one.version, url, notes=notes)


def packages(found: Mapping[str, str], arch: str, distro: str) -> tuple[Part, ...]:
    """Return packages by name and version."""
    return tuple(package(Package(name, version, arch), distro) for name, version in sorted(found.items()))
