"""Runs a probe's script with this machine's Python on this machine's own loopback, as a pod would."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[3] / "mecctl" / "probe" / "inpod"
HOST = "127.0.0.1"
_FIRST = 20000 + 1000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_CANDIDATES = iter(range(_FIRST, _FIRST + 1000, 2))


def command(script: str, role: str, words: dict[str, Any]) -> list[str]:
    return [sys.executable, "-c", (SCRIPTS / f"{script}.py").read_text(), role, json.dumps(words)]


def play(script: str, role: str, words: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a role prints until it ends."""
    ended = subprocess.run(command(script, role, words), stdout=subprocess.PIPE, check=True, timeout=30)
    return [json.loads(line) for line in ended.stdout.splitlines()]


@contextmanager
def playing(script: str, role: str, words: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Run a role for the time of a with-block; afterwards the list has all that it printed."""
    said: list[dict[str, Any]] = []
    with subprocess.Popen(command(script, role, words), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline()) == {"ready": True}
            yield said
        finally:
            process.kill()
            said += [json.loads(line) for line in process.stdout]


def free_port() -> int:
    """Return a port that is free, as is the next one, for TCP and UDP.

    Not one that the kernel gives away by itself; each test worker has its own, and none is given twice.
    """
    return next(port for port in _CANDIDATES if _is_free(port) and _is_free(port + 1))


def _is_free(port: int) -> bool:
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        try:
            stream.bind((HOST, port))
            datagrams.bind((HOST, port))
        except OSError:
            return False
        return True
