"""Gets artifacts: from the cache when they are there and right, else by download or build, and always verified."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import platformdirs

from mecctl.artifacts.cache import Cache
from mecctl.artifacts.jobs import Job, grouped, make
from mecctl.artifacts.recipe import recipe_key
from mecctl.artifacts.source import FileSource, UrlSource
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mecctl.artifacts.lock import Artifact
    from mecctl.plan.progress import Progress

# How many jobs of a kind run beside each other: builds use all cores by themselves, downloads wait for the network.
_LANES = {"url": 4, "file": 1, "go": 1, "debian": 1, "disk": 1, "box": 1, "image": 1}


@dataclass(frozen=True)
class Blob:
    """An artifact's file in the cache; `sha256` is that of its content and, as every blob, its name. Size in bytes."""

    artifact: Artifact
    path: Path
    sha256: str
    size: int


class Store:
    """The artifact store of this user, or under `root`; its blobs are `blobs/<sha256>` there."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(platformdirs.user_cache_dir("mecctl"))
        self.blobs = self.root / "blobs"
        self._cache = Cache(self.root)

    def ensure(self, artifacts: Iterable[Artifact], progress: Progress) -> dict[str, Blob]:
        """Return every artifact's blob, by `name-arch`; what is missing is fetched or built first.

        Raises MecctlError (or UnreachableError) that names each artifact that can't be had, or that isn't in the cache
        as it was stored; the others are kept.
        """
        wanted = {artifact.key: artifact for artifact in artifacts}
        _refuse_unpinned(wanted.values())
        found = self._ready_all(wanted)
        missing = [wanted[key] for key, blob in found.items() if blob is None]
        if missing:
            self._make_all(missing, progress)
        return {key: found[key] or self._made(artifact) for key, artifact in wanted.items()}

    def cached(self, artifact: Artifact) -> Blob | None:
        """Return an artifact's blob if it is there; nothing is fetched or built."""
        return self._ready(artifact)

    def recorded(self, artifact: Artifact) -> dict[str, Any]:
        """Return what was recorded when an artifact was made here: `packages` of a root file system; else nothing."""
        return self._cache.recall(recipe_key(artifact)) or {}

    def _make_all(self, missing: Sequence[Artifact], listener: Progress) -> None:
        progress = _Stoppable(listener)
        needed = self._closure(missing)
        _refuse_unpinned(needed)
        jobs = grouped(needed)
        errors: list[MecctlError] = []
        for stage in ([job for job in jobs if job.kind != "image"], [job for job in jobs if job.kind == "image"]):
            if not errors:
                errors += self._run_stage(stage, progress)
        if errors:
            raise _joined(errors)

    def _closure(self, missing: Sequence[Artifact]) -> list[Artifact]:
        needed = [need for artifact in missing for need in artifact.needs if self._ready(need) is None]
        return list({artifact.key: artifact for artifact in [*needed, *missing]}.values())

    def _run_stage(self, jobs: Sequence[Job], progress: _Stoppable) -> list[MecctlError]:
        with ExitStack() as stack:
            pools = {kind: stack.enter_context(ThreadPoolExecutor(size)) for kind, size in _LANES.items()}
            futures: list[Future[None]] = [pools[job.kind].submit(self._run, job, progress) for job in jobs]
            try:
                wait(futures)
            except BaseException:  # an interrupt: what runs ends soon, what waits never starts
                progress.stop()
                for future in futures:
                    future.cancel()
                raise
        return [error for future in futures if (error := _error_of(future))]

    def _run(self, job: Job, progress: Progress) -> None:
        with self._cache.holding(job.name):
            # Another process may have made them while this one waited.
            left = [artifact for artifact in job.artifacts if self._ready(artifact) is None]
            if left:
                needs = {need.name: self._made(need).path for artifact in left for need in artifact.needs}
                make(self._cache, Job(job.name, job.kind, tuple(left)), needs, progress)

    def _ready_all(self, wanted: dict[str, Artifact]) -> dict[str, Blob | None]:
        found: dict[str, Blob | None] = {}
        errors: list[MecctlError] = []
        for key, artifact in wanted.items():
            try:
                found[key] = self._ready(artifact)
            except MecctlError as error:
                errors.append(error)
        if errors:
            raise _joined(errors)
        return found

    def _ready(self, artifact: Artifact) -> Blob | None:
        sha256 = self._expected(artifact)
        path = self._cache.find(sha256, artifact.key) if sha256 else None
        return Blob(artifact, path, str(sha256), path.stat().st_size) if path else None

    def _expected(self, artifact: Artifact) -> str | None:
        """The sha256 of the blob: pinned, or what the same recipe gave before (which a pin must confirm)."""
        source = artifact.source
        if isinstance(source, FileSource) or (isinstance(source, UrlSource) and not source.member):
            return artifact.sha256
        facts = self._cache.recall(recipe_key(artifact))
        if facts is None:
            return None
        pinned = artifact.sha256 if not isinstance(source, UrlSource) else None
        return str(facts["sha256"]) if pinned in (None, facts["sha256"]) else None

    def _made(self, artifact: Artifact) -> Blob:
        blob = self._ready(artifact)
        if blob is None:
            raise MecctlError(f"{artifact.key} vanished from the cache while it was used", where=str(self.root))
        return blob


class _Stoppable:
    """Passes progress on, and ends the work that tells it at its next word once somebody has said stop."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self._stopped = Event()
        self.end, self.log = listener.end, listener.log

    def stop(self) -> None:
        self._stopped.set()

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        self._check(task)
        self._listener.begin(task, total, unit)

    def advance(self, task: str, done: float, note: str = "") -> None:
        self._check(task)
        self._listener.advance(task, done, note)

    def _check(self, task: str) -> None:
        if self._stopped.is_set():
            raise MecctlError(f"interrupted: {task}")


def _refuse_unpinned(artifacts: Iterable[Artifact]) -> None:
    unpinned = {
        a.key: a.source.url if isinstance(a.source, UrlSource) else a.source.path
        for a in artifacts
        if a.sha256 is None and isinstance(a.source, UrlSource | FileSource)
    }
    if unpinned:
        raise MecctlError(
            f"no sha256 is pinned yet for {', '.join(unpinned)}",
            where=", ".join(dict.fromkeys(unpinned.values())),
            why="mecctl puts nothing on a machine that it can't verify, and these come from outside",
            fix="mecctl artifacts pin SITE",
        )


def _error_of(future: Future[None]) -> MecctlError | None:
    error = future.exception()
    if error is None or isinstance(error, MecctlError):
        return error
    raise error


def _joined(errors: Sequence[MecctlError]) -> MecctlError:
    if len(errors) == 1:
        return errors[0]
    kind = UnreachableError if all(isinstance(error, UnreachableError) for error in errors) else MecctlError
    return kind(f"{len(errors)} artifacts can't be had:\n" + "\n".join(str(error) for error in errors))
