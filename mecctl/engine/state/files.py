"""Files of a state, and what is said when the disk doesn't take them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl import durable
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def telling(path: Path, verb: str) -> Iterator[None]:
    """Turn a fault of the file system into a MecctlError, for example when the disk is full."""
    try:
        yield
    except OSError as error:
        raise MecctlError(
            f"the state can't be {verb}",
            where=str(path),
            why=error.strerror or str(error),
            fix="mend the disk or the permissions, then run the same command again: nothing was lost",
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, durably; only its owner may read it, and half a file is never seen."""
    with telling(path, "written"):
        durable.write(path, content)
