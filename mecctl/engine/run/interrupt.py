"""Ctrl-C and SIGTERM: the first ends a run in good order, the second one ends the process at once.

In good order: nothing new begins, API calls under way end, waits are given up, the state is saved. The journal is what
makes the second one harmless.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from mecctl.engine.kube.stop import Stop

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Turns signals into `stop`, and into KeyboardInterrupt while a program's own code runs."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self._raising = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to signals in the meantime, in the main thread; raise KeyboardInterrupt at the end if one came."""
        if self.stop.asked:
            raise KeyboardInterrupt
        if threading.current_thread() is not threading.main_thread():
            yield
        else:
            with self._handled():
                yield
        if self.stop.asked:
            raise KeyboardInterrupt

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Break off what runs in the meantime, in the main thread, by KeyboardInterrupt: it may never end by itself."""
        self._raising = threading.current_thread() is threading.main_thread()
        try:
            yield
        finally:
            self._raising = False

    @contextmanager
    def _handled(self) -> Iterator[None]:
        listened = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._hear) for number in listened}
        try:
            yield
        except MecctlError as error:
            # What failed only because it was interrupted isn't worth telling.
            if self.stop.asked:
                raise KeyboardInterrupt from error
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self.stop.asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self.stop.ask()
        if self._raising:
            raise KeyboardInterrupt
