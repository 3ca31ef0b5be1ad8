"""The guard's threads: each follows one list and tends every object of it; a small page tells how that goes.

Environment: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT (as every pod has them), LISTEN (port of the page).
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

# Not resolved: in a ConfigMap every file is a link to a folder of another name.
sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from guard.api import Api, ApiError
from guard.kubelets import REQUESTS, approve
from guard.namespaces import ACCOUNTS, NAMESPACES, POLICIES, close, close_again, disarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from guard.api import Object

TENDED: dict[str, tuple[str, Callable[[Api, Object], bool], int]] = {
    "namespaces closed": (NAMESPACES, close, 300),
    "namespaces closed again": (POLICIES, close_again, 300),
    "accounts without a token": (ACCOUNTS, disarm, 300),
    # A request may come before its node has told its addresses, and nothing tells when it has.
    "certificates approved": (REQUESTS, approve, 5),
}


class Guard:
    """What the threads share: which lists have been gone through, and how often something was done."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.seen: set[str] = set()
        self.done: Counter[str] = Counter()
        self.refused = 0

    def tend(self, what: str) -> None:
        """Follow one list for ever."""
        path, act, seconds = TENDED[what]
        for one in self.api.follow(path, seconds):
            if one is None:
                self.seen.add(what)
                continue
            try:
                self.done[what] += act(self.api, one)
            except ApiError as error:
                self.refused += 1
                print(f"{what}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - a container's log

    @property
    def ready(self) -> bool:
        """Whether everything that was there at the start has been tended."""
        return self.seen == TENDED.keys()

    def page(self) -> str:
        """The counters in Prometheus's text format."""
        lines = [f'mecctl_guard_done_total{{what="{what}"}} {self.done[what]}' for what in TENDED]
        return "\n".join([*lines, f"mecctl_guard_refused_total {self.refused}", ""])


def serve(guard: Guard, port: int) -> None:
    """Answer every request with the page: 200 once it is ready, 503 before."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = guard.page().encode()
            self.send_response(200 if guard.ready else 503)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A probe every second needs no line in the log."""

    ThreadingHTTPServer(("", port), Page).serve_forever()


def _tend_or_die(guard: Guard, what: str) -> NoReturn:
    """A thread that breaks takes the pod with it, which then starts anew."""
    try:
        guard.tend(what)
    finally:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """Start a thread a list, then answer for them."""
    guard = Guard(Api(os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"])))
    for what in TENDED:
        threading.Thread(target=_tend_or_die, args=(guard, what), daemon=True).start()
    serve(guard, int(os.environ["LISTEN"]))


if __name__ == "__main__":
    main()
