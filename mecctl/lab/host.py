"""Things of the host that labs share: locks of this machine, and places that must be empty again afterwards."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS = Path("/run/lock")


@contextmanager
def exclusive(what: str) -> Iterator[None]:
    """Let one process of this machine at a time do `what`; waits for the other, whose death lets go too."""
    _LOCKS.mkdir(parents=True, exist_ok=True)
    with (_LOCKS / f"mecctl-lab-{what}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
