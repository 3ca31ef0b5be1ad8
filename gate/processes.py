"""The processes of the workload beside: stopped where they stand, so that what is on their volumes stays as it is."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_PATIENCE = 2.0


class Frozen:
    """Processes that are stopped; they go on by themselves after a time, whatever becomes of who asked."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def hold(self, seconds: float) -> None:
        """Return once all of them are stopped, for so many seconds at most; raises OSError if one can't be."""
        self._timer = threading.Timer(seconds, self.release)
        self._timer.daemon = True
        self._timer.start()
        end = time.monotonic() + _PATIENCE
        while running := [one for one in others() if state(one) not in "TtZX"]:  # one may have made another meanwhile
            if time.monotonic() > end:
                self.release()
                raise OSError(f"processes {running} can't be stopped")
            for one in running:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGSTOP)
            time.sleep(0.001)

    def end(self) -> None:
        """Kill them, for good where the pod is about to go."""
        self.keep()
        _signal(signal.SIGKILL)

    def release(self) -> None:
        """Let them go on."""
        self.keep()
        _signal(signal.SIGCONT)

    def keep(self) -> None:
        """Leave them as they are for good."""
        if self._timer:
            self._timer.cancel()


def others() -> list[int]:
    """Return the processes of this user that are neither this one, nor its children, nor the pod's own (1)."""
    found = [int(one.name) for one in PROC.iterdir() if one.name.isdigit() and int(one.name) not in {1, os.getpid()}]
    return [one for one in found if _mine(one)]


def _signal(number: signal.Signals) -> None:
    for one in others():
        with suppress(ProcessLookupError):
            os.kill(one, number)


def state(process: int) -> str:
    """Return the letter of a process's state (proc(5), stat field 3), X for one that isn't there any more."""
    try:
        return (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def _mine(process: int) -> bool:
    try:
        return (PROC / str(process)).stat().st_uid == os.getuid()
    except FileNotFoundError:
        return False
