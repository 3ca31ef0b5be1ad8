"""The console's hub: the log, those who attach, and a disk that can't be started."""

import os
import pty
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from machine import console
from machine.console import Hub


class Serial:
    """QEMU's end of the console."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub(folder / "serial", folder / "console")
        self.hub.start()
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(5)
        self.link.connect(str(folder / "serial"))


@pytest.fixture
def serial(tmp_path, capfdbinary):
    made = Serial(tmp_path)
    yield made
    made.link.close()
    made.hub.join(5)
    assert not made.hub.is_alive()


def client(folder: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(5)
    link.connect(str(folder / "console"))
    return link


def until(link: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        said = link.recv(4096)
        assert said, found
        found += said
    return found


def test_who_attaches_hears_what_was_said_before_and_since_and_is_heard(serial, tmp_path):
    serial.link.sendall(b"booting\n")
    with client(tmp_path) as first:
        until(first, b"booting\n")
        with client(tmp_path) as second:
            until(second, b"booting\n")
            second.sendall(b"ls\n")
            assert until(serial.link, b"\n") == b"ls\n"
        serial.link.sendall(b"a file\n")
        until(first, b"a file\n")


def test_what_it_says_is_the_pods_log(serial, tmp_path, capfdbinary):
    serial.link.sendall(b"up\n")
    with client(tmp_path) as link:
        until(link, b"up\n")

    assert capfdbinary.readouterr().out == b"up\n"


def test_a_disk_that_the_bios_cannot_start_is_noticed(serial):
    serial.link.sendall(b"Boot failed\n\nNo boot")
    assert not serial.hub.unbootable.wait(0.2)
    serial.link.sendall(b"able device.\n")

    assert serial.hub.unbootable.wait(5)


def test_a_terminal_is_attached_until_it_leaves(serial, tmp_path, monkeypatch):
    serial.link.sendall(b"login: ")
    outer, inner = pty.openpty()
    code = f"import sys; sys.path.insert(0, {str(Path(console.__file__).parents[1])!r})\n"
    code += (
        f"from machine import console; from pathlib import Path; console.SOCKET = Path({str(tmp_path)!r}) / 'console'"
    )
    process = subprocess.Popen([sys.executable, "-c", f"{code}; console.main()"], stdin=inner, stdout=inner)
    try:
        seen, end = b"", time.monotonic() + 10
        while b"login: " not in seen and time.monotonic() < end:
            seen += os.read(outer, 100)
        os.write(outer, b"root\r")
        assert until(serial.link, b"\r") == b"root\r"
        os.write(outer, console.LEAVE)
        assert process.wait(10) == 0
    finally:
        process.kill()
        os.close(outer)
        os.close(inner)
