"""Makes a root file system from Debian packages with mmdebstrap."""

from __future__ import annotations

import tarfile
from posixpath import dirname
from shlex import quote
from typing import TYPE_CHECKING

from mecctl.artifacts.builders.foreign import running
from mecctl.artifacts.recipe import static_file
from mecctl.artifacts.source import DebianSource
from mecctl.errors import CommandError, UnreachableError
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mecctl.artifacts.lock import Artifact

# Lays out /usr before any package is unpacked; otherwise a package with a Perl program does it, and needs all of Perl.
_MERGED_USR = "/usr/share/mmdebstrap/hooks/merged-usr"
_UNREACHABLE = (
    "Could not resolve",
    "Could not connect",
    "Connection failed",
    "Connection timed out",
    "Unable to connect",
)


def build(artifact: Artifact, work: Path) -> Path:
    """Write the tar of a debian artifact in the empty folder `work`.

    Raises CommandError when mmdebstrap is missing or fails, UnreachableError when no mirror answers. A foreign
    architecture needs Debian's qemu-user-static and arch-test.
    """
    source = artifact.source
    assert isinstance(source, DebianSource)  # noqa: S101 - the store sorts artifacts by kind
    target = work / "rootfs.tar"
    # Times of files are kept as the packages have them: Python's compiled modules are void when they change.
    options = [f"--variant={source.variant}", "--skip=output/dev", "--format=tar"]
    bootstrap(artifact, source.packages, source.suite, target, [*options, *excluding(source.exclude)])
    return target


def bootstrap(
    artifact: Artifact, packages: Sequence[str], suite: str, target: Path | str, options: Sequence[str]
) -> None:
    """Run mmdebstrap for an artifact's architecture; raises as `build` does."""
    what = [f"--architectures={artifact.arch}", f"--include={','.join(packages)}", f"--hook-dir={_MERGED_USR}"]
    words = running(artifact.arch, ["mmdebstrap", *what, *options, suite, target])
    try:
        run(words, env={"LC_ALL": "C.UTF-8"})
    except CommandError as error:
        raise _explained(error, artifact) from error


def excluding(paths: Iterable[str]) -> list[str]:
    """Return the options by which what these globs match isn't unpacked."""
    return [f"--dpkgopt=path-exclude={path}" for path in paths]


def adding(programs: Mapping[str, str]) -> list[str]:
    """Return the hooks that put programs from under lab/ in their places, which are the keys."""
    hooks = []
    for place, name in programs.items():
        there = quote(place)
        hooks += [f'mkdir -p "$1"{quote(dirname(place))}', f"upload {quote(str(static_file(name)))} {there}"]
        hooks += [f'chmod 755 "$1"{there}']
    return hooks


def package_versions(rootfs: Path) -> dict[str, str]:
    """Read which version of each package a root file system has, from dpkg's own records."""
    with tarfile.open(rootfs) as tar:
        for member in tar:
            if member.name.removeprefix("./") == "var/lib/dpkg/status":
                file = tar.extractfile(member)
                return _parse_status(file.read().decode() if file else "")
    return {}


def _parse_status(text: str) -> dict[str, str]:
    found = {}
    for paragraph in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        if "Package" in fields and "Version" in fields:
            found[fields["Package"]] = fields["Version"]
    return found


def _explained(error: CommandError, artifact: Artifact) -> CommandError | UnreachableError:
    if any(word in error.output for word in _UNREACHABLE):
        lines = [line for line in error.output.splitlines() if any(word in line for word in _UNREACHABLE)]
        return UnreachableError(
            f"the Debian packages of {artifact.key} can't be downloaded",
            why=lines[0].strip(),
            fix="check the network, then run the same command again",
        )
    if not error.output:
        return CommandError(
            f"{artifact.key} is made with mmdebstrap, which isn't installed", fix="apt-get install mmdebstrap"
        )
    return CommandError(f"making {artifact.key} failed: {error.what}", output=error.output, why=error.why)
