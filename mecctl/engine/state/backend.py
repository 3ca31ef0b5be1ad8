"""Where stacks are kept: how to store, to lock and to write a journal there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from mecctl.engine.state.folder import FolderStore
from mecctl.engine.state.lock import Lock, StackLock
from mecctl.engine.state.log import FileLog, Log
from mecctl.engine.state.shared import SharedBackend
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.state.layout import Layout
    from mecctl.engine.state.store import Store


class Backend(Protocol):
    """A place for the state of many stacks."""

    @property
    def store(self) -> Store:
        """Where checkpoints are."""

    def lock(self, layout: Layout) -> Lock:
        """Return what keeps other runs away from a stack."""

    def log(self, layout: Layout) -> Log:
        """Return where the journal of a stack is."""


class FolderBackend:
    """State in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = FolderStore(root)

    def lock(self, layout: Layout) -> StackLock:
        """Return a lock that the kernel lets go of when its holder ends."""
        return StackLock(self.root / f"{layout.journal}.lock", self.root / layout.locks)

    def log(self, layout: Layout) -> FileLog:
        """Return the journal's file."""
        return FileLog(self.root / f"{layout.journal}.jsonl")


def backend(place: Path | str) -> Backend:
    """Return the backend at a path or a URL, as Pulumi writes them: `file:///folder`, `file://~/folder`, `s3://bucket/prefix`.

    Raises MecctlError for one that isn't known.
    """
    if isinstance(place, Path):
        return FolderBackend(place.absolute())
    url = urlsplit(place)
    if url.scheme == "file":
        return FolderBackend(Path(unquote(url.netloc + url.path)).expanduser().absolute())
    if url.scheme == "s3" and url.netloc:
        return _bucket(place)
    raise MecctlError(
        f"state can't be kept at {place}",
        fix="use file:///folder or s3://bucket/prefix, or `engine: pulumi` for the other backends of Pulumi",
    )


def _bucket(url: str) -> SharedBackend:
    try:
        # Only those who keep state in an object store have boto3, and wait for its import.
        from mecctl.engine.state.s3 import S3Store  # noqa: PLC0415
    except ImportError as error:
        raise MecctlError(
            "state in an object store needs boto3", why=str(error), fix="pip install 'mecctl[s3]'"
        ) from error
    return SharedBackend(S3Store(url))
