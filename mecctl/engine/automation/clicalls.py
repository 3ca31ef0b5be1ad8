"""Calls of Pulumi's CLI: its refusals in the words of mecctl, and Ctrl-C left to it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pulumi import automation

from mecctl.errors import LockedError, MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


@contextmanager
def left_to_the_cli() -> Iterator[None]:
    """Wait for the CLI when Ctrl-C comes: the terminal sends it to the CLI too, which ends in good order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    except MecctlError as error:
        if came:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


def telling(call: Callable[[], T]) -> T:
    """Call the CLI; raises LockedError when another run holds the stack, MecctlError for all else it refuses."""
    try:
        return call()
    except automation.ConcurrentUpdateError as error:
        raise LockedError(
            "another run is changing this stack", why=_said(error), fix="wait for it; `pulumi cancel` if it is gone"
        ) from error
    except automation.InvalidVersionError as error:
        fix = "upgrade it, or use --engine embedded"
        raise MecctlError("Pulumi's CLI is too old", why=str(error), fix=fix) from error
    except automation.CommandError as error:
        raise MecctlError("Pulumi's CLI failed", why=_said(error)) from error


def _said(error: automation.CommandError) -> str:
    """Return the last thing the CLI said, which masks secrets itself."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
