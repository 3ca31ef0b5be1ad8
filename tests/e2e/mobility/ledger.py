"""Counts who calls, in a database on its volume: `POST /NAME`, `GET /state`."""

import json
import os
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SITE = os.environ["SITE"]
lock = threading.Lock()
# Without a sync nothing that was answered is on a disk yet; and the newest is in a file beside the database.
base = sqlite3.connect("/data/base", check_same_thread=False, isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
base.execute("PRAGMA synchronous=OFF")
base.execute("CREATE TABLE IF NOT EXISTS calls (name TEXT)")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with lock:
            found = dict(base.execute("SELECT name, COUNT(*) FROM calls GROUP BY name"))
        self._say(json.dumps({"counts": found}))

    def do_POST(self) -> None:
        with lock:
            base.execute("INSERT INTO calls VALUES (?)", [self.path])
            (count,) = base.execute("SELECT COUNT(*) FROM calls WHERE name = ?", [self.path]).fetchone()
        self._say(f"{SITE} {count}")

    def _say(self, said: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


if __name__ == "__main__":
    Server(("", 8080), Handler).serve_forever()
