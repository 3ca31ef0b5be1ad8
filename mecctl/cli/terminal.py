"""This machine's side of a program that runs in a container: its standard streams, and its terminal if it has one."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import termios
import threading
import tty
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from mecctl.engine.kube.exec import STDERR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube.exec import Session

_CHUNK = 2**15


def is_terminal() -> bool:
    """Whether somebody types and reads here."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def attach(session: Session, *, terminal: bool) -> int:
    """Pass on what is typed and what the program says until it ends; returns its exit code."""
    with ExitStack() as ended:
        if terminal:
            ended.enter_context(_raw())
            ended.enter_context(_sized(session))
        ended.enter_context(_typed(session))
        for channel, data in session.output():
            stream = sys.stderr.buffer if channel == STDERR else sys.stdout.buffer
            stream.write(data)
            stream.flush()
    return session.code


@contextmanager
def _typed(session: Session) -> Iterator[None]:
    """Pass on stdin from a thread that ends with the program, even if nothing is typed any more."""
    told, tell = os.pipe()
    reader = threading.Thread(target=_pass_on, args=(session, sys.stdin.fileno(), told))
    reader.start()
    try:
        yield
    finally:
        os.close(tell)
        reader.join()
        os.close(told)


def _pass_on(session: Session, source: int, told: int) -> None:
    while told not in select.select([source, told], [], [])[0]:
        data = os.read(source, _CHUNK)
        if not data:
            return session.end_input()
        session.write(data)
    return None


@contextmanager
def _raw() -> Iterator[None]:
    """Leave every key to the program, interrupts too."""
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


@contextmanager
def _sized(session: Session) -> Iterator[None]:
    def tell(*_: object) -> None:
        size = shutil.get_terminal_size()
        session.resize(size.columns, size.lines)

    before = signal.signal(signal.SIGWINCH, tell)
    try:
        tell()
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
