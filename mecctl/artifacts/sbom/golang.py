"""Go modules that programs are built from, by the go.mod and go.sum of the folder they are built in.

A module counts once go.sum has the hash of its content (https://go.dev/ref/mod#go-sum-files): only such a one can have
been compiled in. go.mod lists all of them since Go 1.17 (https://go.dev/ref/mod#go-mod-file-go).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mecctl.artifacts.recipe import GO_TOOLCHAIN, go_module
from mecctl.artifacts.sbom.part import Part, purl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VERSION = r"(v[^\s/]+)"
_REQUIRED = re.compile(rf"^(?:require\s+)?([^\s()]+)\s+{_VERSION}(?:\s*//.*)?$")
_REPLACED = re.compile(rf"^(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)\s+{_VERSION}$")
_SUM = re.compile(rf"^(\S+)\s+{_VERSION}\s+(h1:\S+)$")


def modules(name: str) -> tuple[Part, ...]:
    """Return the modules that the programs of lab/go/`name` are built from, the standard library among them."""
    version = GO_TOOLCHAIN.removeprefix("go")
    std = Part(f"golang/std@{version}", "library", "std", version, purl("golang", "std", version))
    return (std, *sorted(_modules(go_module(name)), key=lambda part: part.ref))


def program(package: str, name: str) -> tuple[str, str, str]:
    """Return a main package's module, its version there (empty for a module of mecctl's own), and the path within."""
    required = dict(_required(go_module(name)))
    module = max((path for path in required if f"{package}/".startswith(f"{path}/")), key=len, default="")
    return (module, required[module], package[len(module) :].strip("/")) if module else (package, "", "")


def golang_purl(module: str, version: str, subpath: str = "") -> str:
    """Return the package URL of a module, or of a package in it."""
    within, _, name = module.rpartition("/")
    return purl("golang", name, version, within=within, subpath=subpath)


def _modules(folder: Path) -> Iterator[Part]:
    sums = {(path, version): digest for path, version, digest in _found(folder / "go.sum", _SUM)}
    replaced = {old: (new, version) for old, new, version in _found(folder / "go.mod", _REPLACED)}
    for path, version in _required(folder):
        actual = replaced.get(path, (path, version))
        if digest := sums.get(actual):
            ref = f"golang/{actual[0]}@{actual[1]}"
            yield Part(ref, "library", *actual, golang_purl(*actual), notes=(("go:h1", digest),))


def _required(folder: Path) -> Iterator[tuple[str, str]]:
    return ((path, version) for path, version in _found(folder / "go.mod", _REQUIRED))


def _found(path: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    lines = path.read_text().splitlines() if path.exists() else []
    for line in lines:
        if match := pattern.match(line.strip()):
            yield match.groups()
