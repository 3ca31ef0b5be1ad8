"""An open-loop client: so many requests a second, each with a name of its own, whatever becomes of those before.

In a process of its own, so that nothing else holds it up: sends until its stdin ends, then prints JSON.
"""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

PATIENCE = 30.0


@dataclass
class Load:
    """Requests to one address until `ended`; `answered` has (name, when it was due, when it was answered)."""

    host: str
    port: int
    rate: float
    mark: str
    answered: list[tuple[str, float, float]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    doubled: int = 0
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def run(self, ended: asyncio.Event) -> None:
        """Send until then, and wait for what is under way."""
        began, sent = time.monotonic(), set()
        for number in itertools.count():
            due = began + number / self.rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if ended.is_set():
                break
            sent.add(asyncio.create_task(self._send(f"/{self.mark}-{number}", due)))
        await asyncio.wait(sent, timeout=PATIENCE)

    @property
    def longest_gap(self) -> float:
        """The longest time in which nothing was answered, in seconds."""
        ends = sorted(end for _, _, end in self.answered)
        return max((after - before for before, after in itertools.pairwise(ends)), default=0.0)

    async def _send(self, name: str, due: float) -> None:
        link = None
        try:
            async with asyncio.timeout(PATIENCE):
                link = self._idle.pop() if self._idle else await asyncio.open_connection(self.host, self.port)
                status, said = await _asked(link, name)
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            self.failed.append((name, repr(error)))
            if link:
                link[1].close()
            return
        self._idle.append(link)
        if status == 200:
            self.doubled += said.split()[-1:] != [b"1"]
            self.answered.append((name, due, time.monotonic()))
        else:
            self.failed.append((name, str(status)))


async def _asked(link: tuple[asyncio.StreamReader, asyncio.StreamWriter], name: str) -> tuple[int, bytes]:
    """Return the status and the body of the answer; EOFError where the connection ends before it."""
    reader, writer = link
    writer.write(f"POST {name} HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n".encode())
    first, *head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    (length,) = [int(line.partition(b":")[2]) for line in head if line.startswith(b"content-length:")]
    return int(first.split()[1]), await reader.readexactly(length)


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


async def _until_stdin_ends(load: Load) -> None:
    ended = asyncio.Event()
    running = asyncio.create_task(load.run(ended))
    await asyncio.to_thread(sys.stdin.read)
    ended.set()
    await running


def main() -> None:
    host, port, rate, mark = sys.argv[1:]
    load = Load(host, int(port), float(rate), mark)
    asyncio.run(_until_stdin_ends(load))
    slowest = max((end - due for _, due, end in load.answered), default=0.0)
    names, failed = [name for name, _, _ in load.answered], [list(one) for one in load.failed]
    print(json.dumps(asdict(Sent(names, failed, load.doubled, load.longest_gap, slowest))))


if __name__ == "__main__":
    main()
