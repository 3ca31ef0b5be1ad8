"""Runs in pods: fills the path between a slice and a peer, and measures what arrives and how long it takes.

    python3 -c <this file> peer|agent '<JSON>'

peer   answers agents: TCP bulk both ways, UDP echo, and meetings where agents wait for each other
agent  carries out {"orders": [...]} of its slice with the peer on another node, if there is one

Stands alone in a pod: needs Python 3.11 and Linux, nothing else. Each result is one JSON object a line on stdout.
A receiver counts bytes by the second in which the kernel got them (SO_TIMESTAMPNS), so that a reader that the
scheduler kept waiting doesn't move them into the next one.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import socketserver
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Words = dict[str, Any]
Address = tuple[str, int]

DATA = 9000  # TCP bulk and UDP echo; meetings are at the next port
PATIENCE = 12.0  # seconds until a peer must answer: the opening for this pod may not have reached its node yet
MEETING = 40.0  # seconds that agents wait for each other
CHUNK = 2**14  # bytes read at once: all count for the second in which the last of them came
MOST = 2**34  # bytes of one flow, however fast the path
_TIMESTAMPNS = 35  # SO_TIMESTAMPNS, include/uapi/asm-generic/socket.h; Python has no name for it
_MTU_DISCOVER, _PROBE, _MTU = 10, 3, 14  # IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, IP_MTU, include/uapi/linux/in.h
_HEADERS = 28  # bytes of IPv4 and UDP


def say(line: Words) -> None:
    """Print one result; in one piece, for threads and forked processes print at the same time."""
    os.write(1, json.dumps(line).encode() + b"\n")


class Bulk(socketserver.StreamRequestHandler):
    """One flow with an agent, in a process of its own: {"do": "count" | "send", "seconds", "rate"} comes first."""

    rbufsize = 0  # what follows the first line is counted, not read ahead

    def handle(self) -> None:
        """Count what comes and tell it, or send."""
        order = json.loads(self.rfile.readline())
        with contextlib.suppress(OSError):
            if order["do"] == "send":
                flood(self.request, order["seconds"], order.get("rate"))
                return
            found = count(self.request, order["seconds"])
            self.request.sendall(json.dumps(found).encode() + b"\n")
            self.request.settimeout(2)
            while self.request.recv(2**20):  # a close with bytes unread would overtake the answer
                pass


class Echo(socketserver.BaseRequestHandler):
    """Answers a UDP packet with itself, in one piece or not at all: fragments would say nothing of the path."""

    def handle(self) -> None:
        """Send it back."""
        packet, answering = self.request
        answering.setsockopt(socket.IPPROTO_IP, _MTU_DISCOVER, _PROBE)
        with contextlib.suppress(OSError):  # too large for the way back
            answering.sendto(packet, self.client_address)


class _Echoing(socketserver.UDPServer):
    max_packet_size = 2**16


class Meeting(socketserver.StreamRequestHandler):
    """Lets agents go at once: {"name", "count"}; each gets `go` when as many have come, `late` if they don't."""

    places: dict[str, threading.Barrier] = {}  # noqa: RUF012 - one for all handlers
    lock = threading.Lock()

    def handle(self) -> None:
        """Wait for the others."""
        order = json.loads(self.rfile.readline())
        with self.lock:
            place = self.places.setdefault(order["name"], threading.Barrier(order["count"]))
        try:
            place.wait(MEETING)
            said = b"go\n"
        except threading.BrokenBarrierError:
            said = b"late\n"
        with contextlib.suppress(OSError):
            self.wfile.write(said)


class _Forking(socketserver.ForkingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64


class _Threading(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def peer(given: Words) -> None:
    """Serve agents until the pod is removed; one process for each kind, so that no flow holds up an echo."""
    host, port = given.get("host", ""), given.get("port", DATA)
    servers = [
        _Forking((host, port), Bulk),
        _Echoing((host, port), Echo),
        _Threading((host, port + 1), Meeting),
    ]
    own = os.getpid()
    for server in servers[1:]:
        if not os.fork():
            threading.Thread(target=server.serve_forever, daemon=True).start()
            while os.getppid() == own:
                time.sleep(0.5)
            return
    say({"ready": True})
    servers[0].serve_forever()


def flood(connection: socket.socket, seconds: float, rate: float | None = None) -> None:
    """Send for a bit longer than `seconds`, at most `rate` bits a second; ends as soon as the other side speaks."""
    block = bytes(int(min(2**17, max(1500, rate / 1600))) if rate else 2**17)
    connection.settimeout(2)
    start, sent = time.monotonic(), 0
    while (now := time.monotonic() - start) < seconds + 1 and sent < MOST:
        if rate and sent * 8 > rate * (now + 0.005):
            time.sleep(0.002)
            continue
        readable, writable, _ = select.select([connection], [connection], [], 0.5)
        if readable:
            return
        sent += connection.send(block) if writable else 0


def count(connection: socket.socket, seconds: int) -> Words:
    """Return {"windows", "mss", "header"}: bytes in each full second since the first byte, and of each packet."""
    connection.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
    connection.settimeout(seconds + 2)
    windows, buffer, start, second = [0] * seconds, bytearray(CHUNK), 0.0, 0
    with contextlib.suppress(TimeoutError):  # then nothing more came, which leaves zeros
        while True:
            size, about, _, _ = connection.recvmsg_into([buffer], 64)
            now = _arrived(about)
            start = start or now
            second = max(0, int(now - start))
            if not size or second >= seconds:
                windows = windows[:second]
                break
            windows[second] += size
    return {"windows": windows, **packet(connection)}


def _arrived(about: list[tuple[int, int, bytes]]) -> float:
    """Return when the kernel got the last of what was read, on the realtime clock."""
    for _level, kind, data in about:
        if kind == _TIMESTAMPNS and len(data) in (8, 16):
            whole, nano = struct.unpack("qq" if len(data) == 16 else "ii", data)
            return float(whole) + float(nano) / 1e9
    return time.time()


def packet(connection: socket.socket) -> Words:
    """Return how many bytes of payload and of headers a full packet of a connection has (IPv4, TCP, its options)."""
    stamped = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5] & 1  # TCPI_OPT_TIMESTAMPS
    return {"mss": connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG), "header": 52 if stamped else 40}


def agent(given: Words) -> None:
    """Carry out the orders one after the other; a failed one doesn't keep the others from being tried."""
    here, peers = os.environ.get("NODE", ""), given["peers"]
    node = next((name for name in peers if name != here), here)
    about = {"node": here, "peer": node}
    for order in given["orders"]:
        try:
            if order.get("meet"):
                _meet((given["meetings"], given.get("port", DATA) + 1), order)
            found = _ORDERS[order["do"]]((peers[node], given.get("port", DATA)), order)
            say({"id": order["id"], **about, **found})
        except (OSError, ValueError, KeyError) as error:
            say({"id": order["id"], **about, "error": str(error) or type(error).__name__})
    say({"ended": True})


def _connected(address: Address) -> socket.socket:
    """Connect, again until it works or PATIENCE is over."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(address, 0.5)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _meet(address: Address, order: Words) -> None:
    with _connected(address) as talking:
        talking.settimeout(MEETING + 5)
        _tell(talking, {"name": order["meet"], "count": order["count"]})
        if talking.recv(8) != b"go\n":
            raise TimeoutError("the other slices' pods did not come")


def _tell(connection: socket.socket, words: Words) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(json.dumps(words).encode() + b"\n")


def downlink(address: Address, order: Words) -> Words:
    """Send to the peer, which counts."""
    with _connected(address) as connection:
        _tell(connection, {"do": "count", "seconds": order["seconds"]})
        flood(connection, order["seconds"], order.get("rate"))
        connection.settimeout(5)
        with connection.makefile("r") as answer:
            found: Words = json.loads(answer.readline())
        return found


def uplink(address: Address, order: Words) -> Words:
    """Count what the peer sends."""
    with _connected(address) as connection:
        _tell(connection, {"do": "send", "seconds": order["seconds"], "rate": order.get("rate")})
        return count(connection, order["seconds"])


def both(address: Address, order: Words) -> Words:
    """Fill both directions, each with its own of {"rates"}."""
    ways = {"downlink": downlink, "uplink": uplink}
    with ThreadPoolExecutor(2) as threads:
        flows = {
            name: threads.submit(way, address, {**order, "rate": order["rates"][name]}) for name, way in ways.items()
        }
        return {name: flow.result() for name, flow in flows.items()}


def latency(address: Address, order: Words) -> Words:
    """Return {"times", "lost"}: round trips in milliseconds of small packets, one after the other."""
    times: list[float] = []
    lost = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talking:
        talking.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
        talking.settimeout(1)
        talking.connect(address)
        time.sleep(order.get("after", 0))
        end = time.monotonic() + order["seconds"]
        while time.monotonic() < end:
            sent = time.time()
            talking.send(struct.pack("!I60x", len(times) + lost))
            try:
                times.append((_answer(talking, len(times) + lost) - sent) * 1000)
            except OSError:
                lost += 1
            time.sleep(max(0.0, 0.01 - (time.time() - sent)))
    return {"times": [round(one, 4) for one in times], "lost": lost}


def _answer(talking: socket.socket, number: int) -> float:
    """Return when the answer to a packet came; one to an earlier packet, counted as lost, isn't it."""
    while True:
        said, about, _, _ = talking.recvmsg(64, 64)
        if struct.unpack_from("!I", said)[0] == number:
            return _arrived(about)


def size(address: Address, order: Words) -> Words:
    """Return {"carried"}: whether an IP packet of `bytes` goes there and back in one piece; {"mtu"} of the device."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talking:
        talking.setsockopt(socket.IPPROTO_IP, _MTU_DISCOVER, _PROBE)
        talking.settimeout(0.5)
        talking.connect(address)
        mtu, end = talking.getsockopt(socket.IPPROTO_IP, _MTU), time.monotonic() + PATIENCE
        while order["bytes"] <= mtu and time.monotonic() < end:
            with contextlib.suppress(OSError):  # lost, or nothing lets this pod out yet
                talking.send(packet := bytes(order["bytes"] - _HEADERS))
                return {"mtu": mtu, "carried": talking.recv(2**16) == packet}
    return {"mtu": mtu, "carried": False}


_ORDERS = {"size": size, "downlink": downlink, "uplink": uplink, "both": both, "latency": latency}

if __name__ == "__main__":
    {"peer": peer, "agent": agent}[sys.argv[1]](json.loads(sys.argv[2]))
