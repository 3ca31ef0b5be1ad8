"""The artifact lock: what exists, where each thing comes from, and the sha256 it must have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import Field, ValidationError, model_validator

from mecctl.artifacts.source import AbsolutePath, FileSource, ImageSource, Sha256, Source, Strict
from mecctl.errors import InputError, MecctlError, Problem
from mecctl.model.node import Arch  # noqa: TC001 - pydantic reads it
from mecctl.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

RELEASES = Path(__file__).with_name("releases.lock.yaml")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Artifact(Strict):
    """One file that machines need, of one version and architecture.

    `file` is its name for people and error texts; `install` is where a program goes on a node. `sha256` is None where
    it can't be known beforehand: a root file system (Debian moves on), an image made of one, and a release whose
    sum nobody has pinned yet. `needs` are the artifacts it is built from, linked by the lock.
    """

    name: str
    version: str
    arch: Arch
    source: Source
    sha256: Sha256 | None = None
    file: str
    install: AbsolutePath | None = None
    needs: tuple[Artifact, ...] = Field(default=(), exclude=True, repr=False)

    @property
    def key(self) -> str:
        """The name that tells artifacts apart, for example `kubelet-amd64`."""
        return f"{self.name}-{self.arch}"

    @property
    def images(self) -> tuple[str, ...]:
        """OCI references inside an image archive that is built here; empty for anything else."""
        return tuple(image.ref for image in self.source.images) if isinstance(self.source, ImageSource) else ()


class LockFile(Strict):
    """A lock as it is written: artifacts, and under `shared` whatever YAML anchors are worth naming."""

    shared: Any = Field(default=None, exclude=True, repr=False)
    artifacts: tuple[Artifact, ...]

    @model_validator(mode="after")
    def _unique(self) -> LockFile:
        keys = [artifact.key for artifact in self.artifacts]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            msg = f"listed twice: {', '.join(twice)}"
            raise ValueError(msg)
        return self


class Lock:
    """Artifacts by name and architecture, each linked to those it is built from."""

    def __init__(self, artifacts: Iterable[Artifact]) -> None:
        plain = {artifact.key: artifact for artifact in artifacts}
        self._by_key = {key: _linked(artifact, plain) for key, artifact in plain.items()}

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """All of them, in the order of the files they came from."""
        return tuple(self._by_key.values())

    def find(self, name: str, arch: str) -> Artifact:
        """Return the artifact; raises MecctlError that names it and what there is of that name."""
        found = self._by_key.get(f"{name}-{arch}")
        if found is None:
            others = [artifact.arch for artifact in self._by_key.values() if artifact.name == name]
            raise MecctlError(
                f"the artifact lock has no {name} for {arch}",
                why=f"it has {name} for {', '.join(others)}" if others else f"nothing in it is called {name}",
                fix="name one that exists, or add an entry to the site's artifacts.lock.yaml",
            )
        return found


def load_lock(site_lock: Path | None = None, *, lab: bool = False) -> Lock:
    """Merge the locks that apply; a later one replaces entries of an earlier one by name and architecture.

    Releases of upstream publishers come first, then what a lab builds from package registries (only with `lab`), then
    the site's own lock file if it exists. Raises InputError when one of them isn't right.
    """
    paths = [RELEASES, *([resource("lab") / "artifacts.lock.yaml"] if lab else [])]
    if site_lock is not None and site_lock.exists():
        paths.append(site_lock)
    return Lock(_placed(artifact, path) for path in paths for artifact in read(path).artifacts)


def read(path: Path) -> LockFile:
    """Read one lock file; raises InputError with every problem found in it."""
    try:
        data = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 - the C twin of safe_load
        return LockFile.model_validate(data)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = Problem(str(path), line, "", "this isn't YAML", str(getattr(error, "problem", error)))
        raise InputError([problem]) from error
    except ValidationError as error:
        raise InputError([_problem(path, detail, data) for detail in error.errors()]) from error


def _problem(path: Path, detail: ErrorDetails, data: object) -> Problem:
    place = [str(part) for part in detail["loc"]]
    try:
        entry = data["artifacts"][int(place[1])]  # type: ignore[index]
        place[:2] = [f"{entry['name']}-{entry['arch']}"]
    except (IndexError, KeyError, TypeError, ValueError):
        place[:2] = [f"entry {int(place[1]) + 1}"] if place[1:] else place
    return Problem(str(path), None, ".".join(place), detail["msg"])


def _placed(artifact: Artifact, lock_path: Path) -> Artifact:
    if not isinstance(artifact.source, FileSource):
        return artifact
    path = lock_path.parent / Path(artifact.source.path).expanduser()
    return artifact.model_copy(update={"source": artifact.source.model_copy(update={"path": str(path)})})


def _linked(artifact: Artifact, plain: dict[str, Artifact]) -> Artifact:
    if not isinstance(artifact.source, ImageSource):
        return artifact
    missing = [name for name in artifact.source.needs if f"{name}-{artifact.arch}" not in plain]
    if missing:
        raise MecctlError(f"{artifact.key} is made of artifacts that no lock has: {', '.join(missing)}")
    needs = tuple(plain[f"{name}-{artifact.arch}"] for name in artifact.source.needs)
    return artifact.model_copy(update={"needs": needs})
