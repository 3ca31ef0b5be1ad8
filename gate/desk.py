"""Where a gate takes commands from who moves the workload: a Unix socket; words parted by NUL, answered with JSON.

`mode [...]` as gate.lua's, `point HOST:PORT`, `switch JSON` as gate/switch.py's; `error` in the answer says why not.
What is begun here ends, whatever becomes of who asked.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import Any

from gate.control import GateError, busy, mode, point
from gate.switch import switch

DESK = Path("/gate/desk")


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        try:
            answer = answered(self.rfile.read().decode().split("\0"))
        except (GateError, OSError) as error:
            answer = {"error": str(error)}
        self.wfile.write(json.dumps(answer).encode())


class Desk(ThreadingUnixStreamServer):
    """One command a connection, each in a thread of its own, for one may look while another switches."""

    daemon_threads = True

    def __init__(self) -> None:
        DESK.unlink(missing_ok=True)
        super().__init__(str(DESK), _Handler)


def answered(words: list[str]) -> dict[str, Any]:
    """Return the answer to one command; raises GateError where it can't be done, OSError where HAProxy isn't there."""
    what, *more = words
    if what == "switch":
        return switch(json.loads(more[0]))
    if what == "point":
        point(more[0])
    elif what != "mode":
        raise GateError(f"there is no command {what!r}")
    found = mode(" ".join(more) if what == "mode" else "")
    return {**asdict(found), "busy": busy()}
