"""Debian packages: those on nodes as dpkg lists them, and those inside root file systems that were built here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.sbom.part import Part, purl

if TYPE_CHECKING:
    from collections.abc import Mapping


def package(name: str, version: str, arch: str, distro: str, notes: tuple[tuple[str, str], ...] = ()) -> Part:
    """Return one package; `distro` is os-release's ID and VERSION_ID, for example `debian-12`."""
    vendor = distro.partition("-")[0]
    # An epoch stays in the version, as purl-spec's definition of `deb` has it.
    url = purl("deb", name, version, within=vendor, arch=arch, distro=distro)
    return Part(f"deb/{name}@{version}?arch={arch}", "library", name, version, url, notes=notes)


def packages(found: Mapping[str, str], arch: str, distro: str) -> tuple[Part, ...]:
    """Return packages by name and version."""
    return tuple(package(name, version, arch, distro) for name, version in sorted(found.items()))
