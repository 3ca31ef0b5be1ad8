"""Counts who calls, by name, and hands its count over when it moves: `POST /NAME`, `GET /state`, `POST /state`.

Environment: SITE, which it tells; KEEP, how many names it keeps at most; PADDING, bytes that its state has beside them.
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PADDING = "x" * int(os.environ.get("PADDING", "0"))
KEEP = int(os.environ.get("KEEP", "100000"))
SITE = os.environ.get("SITE", "")
counts: dict[str, int] = {}
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """One connection; many requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with the whole state, or with where this is."""
        with lock:
            state = {"counts": counts, "padding": PADDING} if self.path == "/state" else {"site": SITE}
            said = json.dumps(state).encode()
        self._say(said)

    def do_POST(self) -> None:
        """Take a state over, or count the caller."""
        told = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            if self.path == "/state":
                counts.clear()
                counts.update(json.loads(told)["counts"])
            else:
                counts[self.path] = counts.get(self.path, 0) + 1
                if len(counts) > KEEP:
                    del counts[next(iter(counts))]
            said = f"{SITE} {counts.get(self.path, 0)}"
        self._say(said.encode())

    def _say(self, said: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """One thread a connection; as many wait to be taken as a gate may open at once."""

    request_queue_size = 512
    daemon_threads = True


if __name__ == "__main__":
    Server(("", 8080), Handler).serve_forever()
