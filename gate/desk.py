"""Where a gate takes commands from who moves the workload: a Unix socket; words parted by NUL, answered with JSON.

`mode [...]` as gate.lua's, `point HOST:PORT`, `prepare JSON` and `switch JSON` as gate/switch.py is told; `error`
in the answer says why not.
What is begun here ends, whatever becomes of who asked.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import TYPE_CHECKING, Any

from gate.context import prepare
from gate.control import GateError, busy, mode, point
from gate.switch import switch

if TYPE_CHECKING:
    from collections.abc import Callable

DESK = Path("/gate/desk")
_WORK = {"prepare": prepare, "switch": switch}


class _Handler(StreamRequestHandler):
    server: Desk

    def handle(self) -> None:
        try:
            answer = self.server.answered(self.rfile.read().decode().split("\0"))
        except (GateError, OSError) as error:
            answer = {"error": str(error)}
        self.wfile.write(json.dumps(answer).encode())


class Desk(ThreadingUnixStreamServer):
    """One command a connection, each in a thread of its own, for one may look while another switches."""

    daemon_threads = True

    def __init__(self, answered: Callable[[list[str]], dict[str, Any]]) -> None:
        self.answered = answered
        DESK.unlink(missing_ok=True)
        super().__init__(str(DESK), _Handler)


def answered(words: list[str]) -> dict[str, Any]:
    """Return the answer to one command; raises GateError where it can't be done, OSError where HAProxy isn't there."""
    what, *more = words
    if what in _WORK:
        return _WORK[what](json.loads(more[0]))
    if what == "point":
        point(more[0])
    elif what != "mode":
        raise GateError(f"there is no command {what!r}")
    found = mode(" ".join(more) if what == "mode" else "")
    return {**asdict(found), "busy": busy()}
