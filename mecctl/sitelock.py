"""One writer per site: a lock the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mecctl.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def hold(state: Path, command: str) -> Iterator[None]:
    """Hold the site whose state folder is `state` for the time of a with-block.

    Raises LockedError that names the live holder. The kernel's flock goes with the process, so the lock of a dead
    run needs no breaking and a live one can't be broken.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _locked(state) from error
        file.truncate(0)
        json.dump(_holder(command), file)
        file.flush()
        yield
        file.truncate(0)


def _holder(command: str) -> dict[str, str | int]:
    return {
        "command": command,
        "pid": os.getpid(),
        "user": getpass.getuser(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _locked(state: Path) -> LockedError:
    text = (state / "lock").read_text()
    who = json.loads(text) if text else {}
    said = "{command}, process {pid} of {user} on {host}, since {since}".format(**who) if who else "a run just starting"
    return LockedError(
        "someone else is working on this site",
        where=str(state.parent),
        why=f"held by {said}",
        fix="wait until it ends, then run the same command again",
    )
