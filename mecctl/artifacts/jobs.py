"""One job a build or download: how an artifact that isn't in the cache gets there."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mecctl.artifacts.builders import box, debian, disk, go, image
from mecctl.artifacts.cache import sha256_of
from mecctl.artifacts.recipe import recipe_key
from mecctl.artifacts.source import BoxSource, DebianSource, DiskSource, FileSource, GoSource, UrlSource
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mecctl.artifacts.cache import Cache
    from mecctl.artifacts.lock import Artifact
    from mecctl.plan.progress import Progress


@dataclass(frozen=True)
class Job:
    """Artifacts of one kind that are made together; `name` is what processes exclude each other by."""

    name: str
    kind: str
    artifacts: tuple[Artifact, ...]


def grouped(artifacts: Iterable[Artifact]) -> list[Job]:
    """Turn artifacts into jobs: Go programs of one module and architecture are one, everything else is one each."""
    groups: dict[tuple[str, str], list[Artifact]] = {}
    for artifact in artifacts:
        source = artifact.source
        name = f"{source.module}-{artifact.arch}" if isinstance(source, GoSource) else artifact.key
        groups.setdefault((source.kind, name), []).append(artifact)
    return [Job(f"{kind}-{name}", kind, tuple(group)) for (kind, name), group in groups.items()]


def make(cache: Cache, job: Job, needs: Mapping[str, Path], progress: Progress) -> None:
    """Make a job's artifacts and put them into the cache; raises MecctlError when one isn't what the lock pins."""
    with cache.workspace(job.name) as work:
        try:
            if job.kind == "go":
                made = go.build(job.artifacts, work, progress)
            else:
                (artifact,) = job.artifacts
                made = {artifact.key: _make_one(cache, artifact, needs, work, progress)}
            errors = [error for a in job.artifacts if (error := _keep(cache, a, made[a.key]))]
        except OSError as error:
            raise MecctlError(
                f"{job.name} can't be made: {error.strerror or error}",
                where=str(error.filename or cache.root),
                fix=f"free space under {cache.root}, then run the same command again",
            ) from error
    if errors:
        raise errors[0] if len(errors) == 1 else MecctlError("\n".join(str(error) for error in errors))


def _make_one(cache: Cache, artifact: Artifact, needs: Mapping[str, Path], work: Path, progress: Progress) -> Path:
    source = artifact.source
    if isinstance(source, UrlSource):
        return _download(cache, artifact, source, work, progress)
    if isinstance(source, FileSource):
        return _copy(Path(source.path), artifact, work)
    task = f"build {artifact.key}"
    progress.begin(task)
    if isinstance(source, DebianSource):
        made = debian.build(artifact, work)
    elif isinstance(source, DiskSource):
        made = disk.build(artifact, work)
    elif isinstance(source, BoxSource):
        made = box.build(artifact, work)
    else:
        made = image.build(artifact, needs, work)
    progress.end(task)
    return made


def _keep(cache: Cache, artifact: Artifact, path: Path) -> MecctlError | None:
    sha256 = sha256_of(path)
    member = isinstance(artifact.source, UrlSource) and artifact.source.member
    if artifact.sha256 not in (None, sha256) and not member:
        return MecctlError(
            f"{artifact.key} isn't what the lock pins: sha256 {sha256} instead of {artifact.sha256}",
            where=artifact.source.kind,
            fix="if its recipe was changed on purpose, put the new sha256 into the lock",
        )
    facts: dict[str, Any] = {"sha256": sha256, "name": artifact.name, "version": artifact.version}
    if isinstance(artifact.source, DebianSource):
        facts["packages"] = debian.package_versions(path)
    cache.add(path, sha256, executable=artifact.install is not None)
    cache.record(recipe_key(artifact), facts)
    return None


def _download(cache: Cache, artifact: Artifact, source: UrlSource, work: Path, progress: Progress) -> Path:
    from mecctl.artifacts.download import download  # noqa: PLC0415 - the HTTP client is slow to import and rarely needed

    sha256 = str(artifact.sha256)
    part = cache.part(hashlib.sha256(source.url.encode()).hexdigest())
    if not source.member:
        download(source.url, part, sha256, artifact.key, progress)
        return part
    # The archive is kept as a blob of its own: other artifacts may be members of it too.
    with cache.holding(part.name):
        archive = cache.find(sha256, f"the archive of {artifact.key}")
        if archive is None:
            download(source.url, part, sha256, artifact.key, progress)
            archive = cache.add(part, sha256)
    return _extract(archive, source.member, artifact, work)


def _extract(archive: Path, member: str, artifact: Artifact, work: Path) -> Path:
    target = work / artifact.file
    try:
        with tarfile.open(archive) as tar:
            file = tar.extractfile(member)
            if file is None:
                raise KeyError(member)
            with target.open("wb") as out:
                shutil.copyfileobj(file, out)
    except (KeyError, tarfile.TarError) as error:
        raise MecctlError(f"the download of {artifact.key} has no {member}", why=str(error)) from error
    return target


def _copy(source: Path, artifact: Artifact, work: Path) -> Path:
    if not source.is_file():
        raise MecctlError(
            f"{artifact.key} is to come from a file that isn't there", where=str(source), fix="put it there"
        )
    return Path(shutil.copy(source, work / artifact.file))
