"""Starts the machine, says when it is ready, and presses its power button when the pod has to go.

Environment: NAME, INSTANCE, CPUS, MEMORY (MiB), PORTS (`tcp:8080,udp:53`); user data is the file of that name beside.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

# Not resolved: in a ConfigMap every file is a link to a folder of another name.
sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from machine.console import Hub
from machine.disk import MachineError, overlay, seed
from machine.qemu import Monitor, command, ports

WORK, DISK, USER_DATA = Path("/machine"), Path("/disk/disk"), Path(__file__).absolute().with_name("user-data")
READY = WORK / "ready"
"""Is there while the guest answers at all its TCP ports; the kubelet looks for it."""
_PRESS = 10.0
"""Seconds between two presses of the power button: a guest that is still starting may miss the first."""


class Machine:
    """A running QEMU with its console and monitor."""

    def __init__(self) -> None:
        READY.unlink(missing_ok=True)
        self._ports = [number for protocol, number in ports(os.environ["PORTS"]) if protocol == "tcp"]
        self._hub = Hub(WORK / "serial", WORK / "console")
        self._hub.start()
        self._process = subprocess.Popen(command(WORK, os.environ), stdin=subprocess.DEVNULL)
        self._monitor = self._connect()
        self._stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: self._stop.set())

    def run(self) -> int:
        """Return how the machine ended: 0 when it went down by itself or was asked to, else 1."""
        pressed = -_PRESS
        while self._process.poll() is None:
            if self._hub.unbootable.is_set():
                print("the machine's disk has nothing that its BIOS could start", file=sys.stderr, flush=True)  # noqa: T201
                self._process.kill()
                return 1
            if self._stop.is_set():
                READY.unlink(missing_ok=True)
                if time.monotonic() - pressed >= _PRESS:
                    pressed = time.monotonic()
                    with suppress(OSError):  # it has just gone
                        self._monitor.power_down()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.2)
            else:
                with suppress(OSError):  # it has just gone
                    ready = all(self._answers(port) for port in self._ports)
                    READY.touch() if ready else READY.unlink(missing_ok=True)
                self._stop.wait(5 if READY.exists() else 0.5)
        return int(self._process.returncode != 0)

    def _answers(self, port: int) -> bool:
        """Connect to a port: QEMU takes every connection and closes it when the guest refuses; its table says more."""
        with socket.create_connection(("127.0.0.1", port), 2) as link:
            end = time.monotonic() + 1
            while time.monotonic() < end:
                if select.select([link], [], [], 0.05)[0] and _closed(link):
                    return False
                if self._monitor.taken(port):
                    return True
        return False

    def _connect(self) -> Monitor:
        while True:
            try:
                return Monitor(WORK / "qmp")
            except OSError as error:
                if self._process.poll() is not None:
                    raise MachineError(
                        f"QEMU ended with {self._process.returncode} before it started the machine"
                    ) from error
                time.sleep(0.02)


def _closed(link: socket.socket) -> bool:
    try:
        return not link.recv(1, socket.MSG_PEEK)
    except ConnectionResetError:
        return True


def main() -> int:
    """Return the exit code of the pod."""
    try:
        overlay(DISK, WORK / "disk.qcow2")
        user_data = USER_DATA.read_text() if USER_DATA.exists() else "#cloud-config\n{}\n"
        seed(WORK / "seed.img", os.environ["NAME"], os.environ["INSTANCE"], user_data)
        return Machine().run()
    except MachineError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - a container's log
        return 1


if __name__ == "__main__":
    sys.exit(main())
