"""Tar archives that depend on nothing but their content: sorted, without times or owners."""

from __future__ import annotations

import stat
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def entry(name: str, *, mode: int = 0o644, size: int = 0, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """Return a header with owner 0:0 and time 0; `name` is relative, `mode` is the permission bits."""
    info = tarfile.TarInfo(name)
    info.mode, info.size, info.type = mode, size, kind
    return info


def add_file(archive: tarfile.TarFile, name: str, path: Path, mode: int | None = None) -> None:
    """Add a regular file; without `mode` it is 755 if its owner may execute it, else 644."""
    found = path.stat()
    usual = 0o755 if found.st_mode & stat.S_IXUSR else 0o644
    with path.open("rb") as file:
        archive.addfile(entry(name, mode=usual if mode is None else mode, size=found.st_size), file)


def open_new(target: Path) -> tarfile.TarFile:
    """Open a tar for writing, in one fixed format rather than the Python version's default."""
    return tarfile.open(target, mode="w", format=tarfile.PAX_FORMAT)


def pack(target: Path, root: Path, paths: Iterable[str]) -> Path:
    """Pack files and folders (relative to `root`, links not followed) into a new tar and return it."""
    with open_new(target) as archive:
        for start in sorted(paths):
            for path in _walk(root / start):
                name = path.relative_to(root).as_posix()
                if path.is_dir():
                    archive.addfile(entry(name, mode=0o755, kind=tarfile.DIRTYPE))
                else:
                    add_file(archive, name, path)
    return target


def _walk(start: Path) -> list[Path]:
    return [start, *sorted(start.rglob("*"))] if start.is_dir() else [start]
