"""An open-loop client of a name server: so many questions a second, whatever becomes of those before."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rdtypes.IN.A

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 2.0
"""Seconds after which an answer is none."""
_NUMBERS = 1 << 16


@dataclass(frozen=True)
class Asked:
    """A question: when it was sent, when it was answered (monotonic seconds), by which code, with which addresses."""

    sent: float
    answered: float
    code: int
    addresses: frozenset[str]


def ask(server: str, name: str, rate: float, seconds: float) -> tuple[int, list[Asked]]:
    """Ask for a name's addresses over UDP; returns how many questions were sent, and those that were answered."""
    wire = dns.message.make_query(name, dns.rdatatype.A).to_wire()
    sent: dict[int, float] = {}
    found: list[Asked] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((server, 53))
        link.settimeout(PATIENCE)
        reader = threading.Thread(target=lambda: found.extend(_read(link, sent)), daemon=True)
        reader.start()
        begun = time.monotonic()
        count = int(rate * seconds)
        for number in range(count):
            if (wait := begun + number / rate - time.monotonic()) > 0:
                time.sleep(wait)
            sent[number % _NUMBERS] = time.monotonic()
            link.send((number % _NUMBERS).to_bytes(2) + wire[2:])
        reader.join()
    return count, found


def _read(link: socket.socket, sent: dict[int, float]) -> Iterator[Asked]:
    """Yield answers until none comes for PATIENCE seconds."""
    while True:
        try:
            said = dns.message.from_wire(link.recv(4096))
        except TimeoutError:
            return
        rows = (one for rows in said.answer for one in rows)
        addresses = frozenset(one.address for one in rows if isinstance(one, dns.rdtypes.IN.A.A))
        yield Asked(sent[said.id], time.monotonic(), int(said.rcode()), addresses)
