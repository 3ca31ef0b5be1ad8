"""Programs that run on after the unit that started them has stopped, such as the shims that keep pods running."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

PROC = Path("/proc")


def running(folders: list[str]) -> list[tuple[int, str]]:
    """Process id and path of every program that was started from a path that begins with one of these."""
    found = []
    for path in PROC.glob("[0-9]*/exe") if folders else ():
        with contextlib.suppress(OSError):
            program = str(path.readlink())
            if program.startswith(tuple(folders)):
                found.append((int(path.parent.name), program))
    return found


def end(pid: int) -> None:
    """End a process and all that it started; one that has ended already is fine."""
    for children in (PROC / str(pid) / "task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                end(int(child))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
