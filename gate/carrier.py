"""Stands beside a workload that moves with its volumes: brings them to the other site, and lets it start there.

The workload's container starts once this one's GET /started says so: where the workload is, or when what it had on its
volumes at the other site has come. All else is for who knows the key of a move, which both carriers are told at their
desk (gate/desk.py: `key KEY EPOCH`; also `thaw`, `end`). /begin and /changes where it leaves, /sums and /put where it
comes; /freeze, /thaw and /left stop and continue its processes; /start lets it start, and waits till it listens.

Environment: FIRST (`local` where it is before it ever moved), LISTENS (its port).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from gate.context import KEY, PART
from gate.desk import serve
from gate.processes import Frozen
from gate.record import record
from gate.trees import MARK, TreeError, changes, known, put

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT, ROOT = 9479, Path("/volumes")


class Carrier:
    """What one carrier knows: the key of the move that is under way, and what the other side has by now."""

    def __init__(self, root: Path, record: dict[str, Any], listens: int) -> None:
        self.key, self.epoch = "", 0
        self._root, self._listens = root, listens
        self._mark = min(root.iterdir()) / MARK
        self.may_start = may_start(record, self._mark.read_text() if self._mark.exists() else "")
        self._there: dict[str, Any] = {}
        self._rest: Iterator[bytes] = iter(())
        self._frozen = Frozen()

    def told(self, words: list[str]) -> dict[str, Any]:
        """Take the key of a move, or let the workload's processes go on or end; says whether it may start."""
        if words[:1] == ["key"]:
            self.key, self.epoch = words[1], int(words[2])
        elif words == ["thaw"]:
            self._frozen.release()
        elif words == ["end"]:
            self._frozen.end()
        return {"started": self.may_start}

    def begin(self, body: bytes) -> bytes:
        """Begin to bring over what the other side hasn't: `body` is its /sums."""
        self._there = json.loads(body)
        self._rest = changes(self._root, self._there)
        return b""

    def changes(self, _: bytes) -> bytes:
        """Return the next part of what has changed; one of less than PART is the last, and then it is looked anew."""
        part = bytearray()
        for piece in self._rest:
            part += piece
            if len(part) >= PART:
                return bytes(part)
        self._rest = changes(self._root, self._there)
        return bytes(part)

    def sums(self, _: bytes) -> bytes:
        """Return what is on the volumes here."""
        self._refuse_started()
        return json.dumps(known(self._root)).encode()

    def put(self, body: bytes) -> bytes:
        """Take a part of what has changed."""
        self._refuse_started()
        put(self._root, BytesIO(body))
        return b""

    def freeze(self, body: bytes) -> bytes:
        """Stop the workload's processes for so many seconds at most."""
        self._frozen.hold(float(body))
        return b""

    def thaw(self, _: bytes) -> bytes:
        """Let them go on."""
        self._frozen.release()
        return b""

    def left(self, _: bytes) -> bytes:
        """Leave them stopped for good."""
        self._frozen.keep()
        return b""

    def start(self, body: bytes) -> bytes:
        """Let the workload start on what has come, and return once it listens; TreeError after `body` seconds."""
        self._mark.write_text(str(self.epoch))
        self.may_start = True
        end = time.monotonic() + float(body)
        while not _listens(self._listens):
            if time.monotonic() > end:
                raise TreeError(f"the workload does not listen {float(body):.0f} s after its start")
            time.sleep(0.02)
        return b""

    def _refuse_started(self) -> None:
        if self.may_start:
            raise TreeError("the workload runs here, so its volumes are its own")


def may_start(record: dict[str, Any], mark: str) -> bool:
    """Say whether a workload may start on volumes as they are: it is here, or was let in by the move under way."""
    if record["mode"] != "moving":
        return bool(record["mode"] == "local")
    return bool(record["was"][0] == "local" or mark == str(record["epoch"]))


def _listens(port: int) -> bool:
    with socket.socket() as link:
        link.settimeout(1)
        return link.connect_ex(("127.0.0.1", port)) == 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._say(*((200, b"") if self.path == "/started" and self.server.carrier.may_start else (503, b"not yet")))

    def do_POST(self) -> None:
        carrier = self.server.carrier
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not carrier.key or not compare_digest(self.headers.get(KEY) or "", carrier.key):
            return self._say(403, b"not the key of the move that is under way")
        act = self.server.acts.get(self.path.rpartition("/")[2])
        if act is None:
            return self._say(404, b"")
        try:
            said = act(body)
        except (TreeError, OSError) as error:
            return self._say(409, str(error).encode())
        return self._say(200, said)

    def _say(self, code: int, said: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, carrier: Carrier) -> None:
        super().__init__(("", PORT), _Handler)
        self.carrier = carrier
        leaves = (carrier.begin, carrier.changes, carrier.freeze, carrier.thaw, carrier.left)
        self.acts = {act.__name__: act for act in (*leaves, carrier.sums, carrier.put, carrier.start)}

    def handle_error(self, *about: Any) -> None:  # noqa: ANN401 - as its base has it
        """Keep quiet about a gate that has gone: it is started anew like others."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*about)


def main() -> None:
    """Serve until it is told to end."""
    carrier = Carrier(ROOT, record(), int(os.environ["LISTENS"]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=serve, args=(carrier.told,), daemon=True).start()
    _Server(carrier).serve_forever()


if __name__ == "__main__":
    main()
