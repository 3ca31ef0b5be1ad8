"""The machine's serial console: into the pod's log, and to whoever attaches.

Run as a program it attaches this terminal; Ctrl-] leaves.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import termios
import threading
import tty
from collections import deque
from pathlib import Path

SOCKET = Path("/machine/console")
LEAVE = b"\x1d"
UNBOOTABLE = b"No bootable device"
"""What the BIOS says of a disk that it can't start."""
_KEPT = 16384


class Hub(threading.Thread):
    """Carries bytes between QEMU, which connects to `serial`, and any number of clients of `path`."""

    def __init__(self, serial: Path, path: Path) -> None:
        super().__init__(daemon=True)
        self._machine, self._door = _listen(serial), _listen(path)
        self._clients: list[socket.socket] = []
        self._last: deque[int] = deque(maxlen=_KEPT)
        self.unbootable = threading.Event()

    def run(self) -> None:
        """Carry until QEMU ends."""
        machine, _ = self._machine.accept()
        try:
            self._carry(machine)
        finally:
            for one in (machine, self._machine, self._door, *self._clients):
                one.close()

    def _carry(self, machine: socket.socket) -> None:
        while True:
            for one in select.select([machine, self._door, *self._clients], [], [])[0]:
                if one is self._door:
                    self._greet()
                elif one is machine:
                    if not (said := machine.recv(4096)):
                        return
                    self._tell(said)
                elif said := _received(one):
                    machine.sendall(said)
                else:
                    self._clients.remove(one)
                    one.close()

    def _greet(self) -> None:
        client, _ = self._door.accept()
        client.setblocking(False)  # one that doesn't read loses bytes, and holds up nobody
        _send(client, bytes(self._last))
        self._clients.append(client)

    def _tell(self, said: bytes) -> None:
        self._last.extend(said)
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()
        if UNBOOTABLE in bytes(self._last):
            self.unbootable.set()
        for client in self._clients:
            _send(client, said)


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    door.listen()
    return door


def _received(client: socket.socket) -> bytes:
    try:
        return client.recv(4096)
    except OSError:
        return b""


def _send(client: socket.socket, said: bytes) -> None:
    try:
        client.send(said)
    except OSError:
        return  # it has gone, which reading tells, or is behind


def main() -> None:
    """Attach stdin and stdout until either end closes, or Ctrl-] is typed."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(SOCKET))
        kept = termios.tcgetattr(0) if os.isatty(0) else None
        if kept:
            tty.setraw(0)
        try:
            _carry(link)
        finally:
            if kept:
                termios.tcsetattr(0, termios.TCSADRAIN, kept)


def _carry(link: socket.socket) -> None:
    ends: list[socket.socket | int] = [link, 0]
    while True:
        for one in select.select(ends, [], [])[0]:
            typed = one == 0
            said = os.read(0, 4096) if typed else link.recv(4096)
            if not said and typed:
                ends.remove(0)  # what the machine still says is shown, as long as it does
            elif not said or (typed and LEAVE in said):
                return
            elif typed:
                link.sendall(said)
            else:
                os.write(1, said)


if __name__ == "__main__":
    main()
