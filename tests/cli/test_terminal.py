"""Streams of this process joined to a program's, and a terminal that is given back as it was."""

import os
import pty
import sys
import termios
from collections.abc import Iterator
from typing import Any

import pytest

from mecctl.cli import terminal
from mecctl.engine.kube.exec import STDERR, STDOUT


class Program:
    """Says what it was told once its input has ended, or at once if `quick`."""

    def __init__(self, *, quick: bool = False) -> None:
        self.quick = quick
        self.told = b""
        self.sizes: list[tuple[int, int]] = []
        self.raw: list[Any] = []
        self.over, self.tell = os.pipe()
        self.code = 7

    def write(self, data: bytes) -> None:
        self.told += data

    def end_input(self) -> None:
        os.write(self.tell, b"x")

    def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    def output(self) -> Iterator[tuple[int, bytes]]:
        if not self.quick:
            os.read(self.over, 1)
        yield STDOUT, self.told.upper()
        yield STDERR, b"warned"


@pytest.fixture
def stdin(monkeypatch):
    """Put the reading end of a pipe in the place of stdin, and give the writing one."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as replaced, os.fdopen(writing, "wb", buffering=0) as typed:
        monkeypatch.setattr(sys, "stdin", replaced)
        yield typed


def attach(program: Program, *, on_terminal: bool = False) -> int:
    session: Any = program
    return terminal.attach(session, terminal=on_terminal)


def test_what_is_piped_in_is_passed_on_to_its_end(stdin, capfdbinary):
    program = Program()
    stdin.write(b"some text")
    stdin.close()

    assert attach(program) == 7
    assert capfdbinary.readouterr() == (b"SOME TEXT", b"warned")


def test_a_program_that_ends_does_not_wait_for_more_to_read(stdin):
    assert attach(Program(quick=True)) == 7


def test_a_terminal_is_raw_meanwhile_and_given_back(monkeypatch):
    ours, theirs = pty.openpty()
    program = Program(quick=True)
    with os.fdopen(theirs, "r") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        before = termios.tcgetattr(theirs)
        monkeypatch.setattr(program, "resize", lambda *_: program.raw.append(termios.tcgetattr(theirs)))

        assert attach(program, on_terminal=True) == 7

        assert program.raw[0][3] & (termios.ECHO | termios.ICANON | termios.ISIG) == 0
        assert termios.tcgetattr(theirs) == before
    os.close(ours)
