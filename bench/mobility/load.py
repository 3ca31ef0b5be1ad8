"""An open-loop client: so many requests a second, each with a name of its own, whatever becomes of those before.

In a process of its own, so that nothing else holds it up: sends until its stdin ends, then prints JSON.
"""

from __future__ import annotations

import http.client
import itertools
import json
import queue
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

THREADS, PATIENCE = 48, 30.0


@dataclass
class Load:
    """Requests to one address from `start` to `stop`; `answered` has (name, when it was due, when it was answered)."""

    host: str
    port: int
    rate: float
    mark: str
    answered: list[tuple[str, float, float]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    doubled: int = 0
    _due: queue.SimpleQueue[tuple[str, float] | None] = field(default_factory=queue.SimpleQueue)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> Load:
        """Begin to send."""
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(THREADS)]
        self._threads.append(threading.Thread(target=self._clock, daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Send no more, and wait for what is under way."""
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def longest_gap(self) -> float:
        """The longest time in which nothing was answered, in seconds."""
        ends = sorted(end for _, _, end in self.answered)
        return max((after - before for before, after in itertools.pairwise(ends)), default=0.0)

    def _clock(self) -> None:
        began, number = time.monotonic(), 0
        while not self._ended.is_set():
            due = began + number / self.rate
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            self._due.put((f"/{self.mark}-{number}", due))
            number += 1
        for _ in range(THREADS):
            self._due.put(None)

    def _send(self) -> None:
        link = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        while one := self._due.get():
            name, due = one
            try:
                link.request("POST", name)
                said = link.getresponse()
                count = said.read().split()[-1:]
                if said.status == 200:
                    self.doubled += count != [b"1"]
                    self.answered.append((name, due, time.monotonic()))
                else:
                    self.failed.append((name, str(said.status)))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((name, repr(error)))
                link.close()
        link.close()


class Client:
    """A load in another process."""

    def __init__(self, host: str, port: int, rate: float, mark: str) -> None:
        words = [host, str(port), str(rate), mark]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.mobility.load", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def stop(self) -> Sent:
        """End it, and return what became of its requests."""
        out, _ = self._process.communicate()
        return Sent(**json.loads(out))


@dataclass(frozen=True)
class Sent:
    """What became of requests: names of those answered, those that failed and why; the worst in seconds.

    `doubled` are those that the workload said it has counted another number of times than once.
    """

    answered: list[str]
    failed: list[list[str]]
    doubled: int
    longest_gap: float
    slowest: float


def counts(host: str, port: int) -> dict[str, int]:
    """Return how often the workload has counted each request."""
    link = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    link.request("GET", "/state")
    found: dict[str, int] = json.loads(link.getresponse().read())["counts"]
    link.close()
    return found


def main() -> None:
    host, port, rate, mark = sys.argv[1:]
    load = Load(host, int(port), float(rate), mark).start()
    sys.stdin.read()
    load.stop()
    slowest = max((end - due for _, due, end in load.answered), default=0.0)
    names, failed = [name for name, _, _ in load.answered], [list(one) for one in load.failed]
    print(json.dumps(asdict(Sent(names, failed, load.doubled, load.longest_gap, slowest))))


if __name__ == "__main__":
    main()
