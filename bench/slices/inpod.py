"""Runs in pods: `python3 -c <this file> VERB '<JSON>'`. Stands alone; each result is one JSON object a line.

crowd   count datagrams of shout.sh by their sender, and tell whenever there are more
sink    count datagrams of `steady` by the second in which they were sent; tell when none come any more
steady  send numbered datagrams at a rate
door    take connections and close them
knock   connect every 10 ms, and tell when that begins to get through and when it ends

Times are of the realtime clock, which all pods of a lab share with their host.
"""

import json
import os
import select
import socket
import struct
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

PORT = 9000


def say(line: dict) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def _listening() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**23)
    opened.bind(("", PORT))
    return opened


def crowd(_: dict) -> None:
    listening, seen, told = _listening(), {}, 0
    listening.settimeout(0.2)
    say({"ready": True})
    last = time.monotonic()
    while True:
        with suppress(TimeoutError):
            sender, number = listening.recv(64).decode().split()
            count, first = seen.get(sender, (0, int(number)))
            seen[sender] = (count + 1, min(first, int(number)))
        if time.monotonic() - last > 0.2 and sum(count for count, _ in seen.values()) > told:
            told, last = sum(count for count, _ in seen.values()), time.monotonic()
            say({"seen": seen})


def sink(_: dict) -> None:
    listening, seen = _listening(), Counter()
    say({"ready": True})
    while True:
        data = listening.recv(2048)
        listening.settimeout(3)
        with suppress(TimeoutError):
            while True:
                seen[int(struct.unpack_from("!d", data)[0])] += 1
                data = listening.recv(2048)
        say({"seen": seen, "overrun": _overrun(), "ended": True})
        listening.settimeout(None)


def _overrun() -> int:
    """How many datagrams this pod's kernel had no room for in the socket: the reader's fault, not the network's."""
    heads, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line[:4] == "Udp:")
    return int(dict(zip(heads, values, strict=True))["RcvbufErrors"])


def steady(given: dict) -> None:
    gap = (given["bytes"] + 28) * 8 / given["rate"]
    sent, refused = Counter(), 0
    talking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    talking.connect((given["to"], PORT))
    begun = due = time.time()
    say({"begun": begun})
    while (now := time.time()) < begun + given["seconds"]:
        if now < due:
            time.sleep(due - now)
            continue
        try:
            talking.send(struct.pack("!d", now) + bytes(given["bytes"] - 8))
            sent[int(now)] += 1
        except OSError:
            refused += 1
        due += gap
    say({"sent": sent, "refused": refused, "ended": True})


def door(_: dict) -> None:
    listening = socket.create_server(("", PORT), backlog=256)
    say({"ready": True})
    while True:
        listening.accept()[0].close()


def knock(given: dict) -> None:
    tries, opened, last, tick = {}, False, 0.0, time.time()
    while True:
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((given["to"], PORT))
        tries[one] = time.time()
        tick = max(tick + 0.01, time.time())
        while (left := tick - time.time()) > 0:
            _, done, _ = select.select([], list(tries), [], left)
            for each in done:
                if each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    last = time.time()
                    if not opened:
                        say({"open": last, "begun": tries[each]})
                        opened = True
                del tries[each]
                each.close()
        for each in [each for each, begun in tries.items() if begun < tick - 0.5]:
            del tries[each]
            each.close()
        if opened and tick - last > 0.3:
            say({"closed": tick})
            opened = False


if __name__ == "__main__":
    globals()[sys.argv[1]](json.loads(sys.argv[2]))
