"""Runs in pods: tries to get through the walls between slices, and sees what gets through to it.

    python3 -c <this file> listen|attempt '<JSON>'

listen   takes TCP connections and UDP packets at {"port"} and prints the id of each attempt that it saw
attempt  tries each of {"attempts": [{"id", "how", "host", "port", "open"}]} and prints what came of it

Stands alone in a pod: needs Python 3.11 and Linux, nothing else. Each result is one JSON object a line on stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Words = dict[str, Any]

PATIENCE = 4.0  # seconds for what must work: a pod's own network may still be settling
CLOSED = 1.2  # seconds for what must not: long enough for two SYN packets, so that one lost isn't taken for a refusal
_ECHO = struct.pack("!BBHHH", 8, 0, 0, 0, 1)  # the kernel fills in checksum and identifier


def say(line: Words) -> None:
    """Print one result; in one piece, for threads and forked processes print at the same time."""
    os.write(1, json.dumps(line).encode() + b"\n")


class Listening(socketserver.BaseRequestHandler):
    """Takes a TCP connection and lets it go."""

    def handle(self) -> None:
        """Say who came."""
        self.request.sendall(b"here\n")


class Seen(socketserver.BaseRequestHandler):
    """Takes a UDP packet, which carries the id of its attempt."""

    def handle(self) -> None:
        """Print what arrived, and answer."""
        packet, answering = self.request
        with contextlib.suppress(ValueError):
            say({"seen": int(packet)})
        answering.sendto(packet, self.client_address)


def listen(given: Words) -> None:
    """Be there for others' attempts until the pod is removed."""
    address = (given.get("host", ""), given["port"])
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    servers = [socketserver.ThreadingTCPServer(address, Listening), socketserver.UDPServer(address, Seen)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    say({"ready": True})
    threading.Event().wait(given.get("seconds"))


def attempt(given: Words) -> None:
    """Try what must work first: once it does, the pod's network is up and a refusal means something."""
    with ThreadPoolExecutor(32) as threads:
        for wanted in (True, False):
            list(threads.map(_attempt, [one for one in given["attempts"] if one["open"] is wanted]))
    say({"ended": True})


def _attempt(one: Words) -> None:
    trying = {"tcp": _tcp, "udp": _udp, "icmp": _icmp}[one["how"]]
    end = time.monotonic() + (PATIENCE if one["open"] else CLOSED)
    got = "timed out"
    while (left := end - time.monotonic()) > 0:
        try:
            trying(one, left)
            got = "answered"
            break
        except TimeoutError:
            continue
        except OSError as error:
            got = "refused" if isinstance(error, ConnectionRefusedError) else error.strerror or str(error)
            time.sleep(min(left, 0.1))
    say({"id": one["id"], "got": got})


def _tcp(one: Words, left: float) -> None:
    socket.create_connection((one["host"], one["port"]), 0.5 if one["open"] else left).close()


def _udp(one: Words, _left: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.settimeout(0.2)
        sending.connect((one["host"], one["port"]))
        sending.send(str(one["id"]).encode())
        sending.recv(64)


def _icmp(one: Words, _left: float) -> None:
    # Needs no privilege where the group is in net.ipv4.ping_group_range.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as sending:
        sending.settimeout(0.3)
        sending.connect((one["host"], 0))
        sending.send(_ECHO)
        sending.recv(64)


if __name__ == "__main__":
    {"listen": listen, "attempt": attempt}[sys.argv[1]](json.loads(sys.argv[2]))
