"""Runs a probe's script with this machine's Python on this machine's own loopback, as a pod would."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[3] / "mecctl" / "probe" / "inpod"
HOST = "127.0.0.1"


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
    """Return a port that is free, and so is the next one, most likely."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])
