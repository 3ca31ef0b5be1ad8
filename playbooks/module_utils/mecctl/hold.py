"""One writer at a time on a node, also when a run's controller has died and its last command still works here."""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = Path("/run/mecctl.lock")


@contextmanager
def hold(seconds: float = 360) -> Iterator[None]:
    """Hold the node for the time of a with-block. Raises NodeError when someone else does for longer than that."""
    end = time.monotonic() + seconds
    with LOCK.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > end:
                    fix = f"wait until it ends; on the node, fuser {LOCK} shows it"
                    raise NodeError("another run is working on this node", where=str(LOCK), fix=fix) from error
            time.sleep(0.2)
        yield
