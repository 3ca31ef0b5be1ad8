"""A workload's name on a site that is up, asked for from outside while its pods come and go.

Right is an answer that was so at some moment of the last two seconds before the question: the nodes that have a ready
pod, as the API's watch of pods tells it here, or no such name where there is none. Goals: 1,000 questions a second, 0
wrong answers, at most 2 s behind readiness. The workload wants `outside` ranges with this machine in them; after it, it
has the replicas that it had before.

Usage: python -m bench.names SITE WORKLOAD [--rate N] [--seconds N] [--every SECONDS] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import dns.rcode

from bench.names.asking import Asked, ask
from bench.names.readiness import Readiness
from bench.slices.ground import quantile
from mecctl import sitelock
from mecctl.model import name_servers
from mecctl.sitefile import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.names.readiness import Moment

GOAL = 2.0
"""Seconds that an answer may be behind."""


def behind(asked: Asked, moments: Sequence[Moment]) -> float | None:
    """Return for how many seconds an answer had been out of date when it was asked for; None if it never was so."""
    want = {int(dns.rcode.NOERROR): asked.addresses, int(dns.rcode.NXDOMAIN): frozenset[str]()}.get(asked.code)
    last = bisect_right([at for at, _ in moments], asked.answered) - 1
    for place in range(last, -1, -1):
        if moments[place][1] == want:
            return 0.0 if place == last else max(0.0, asked.sent - moments[place + 1][0])
    return None


def measure(site: Path, workload: str, rate: float, seconds: float, every: float) -> dict[str, object]:
    """Return the figures of one run; raises as `load` and `connect` do."""
    folder = load(str(site), site.parent)
    (work,) = (one for one in folder.site.workloads if one.name == workload)
    name = f"{work.name}.{work.slice}.{folder.site.discovery.domain}" if folder.site.discovery else ""
    server = str(name_servers(folder.site)[0].address)
    with sitelock.hold(folder.state, "bench.names"):
        ready = Readiness(folder.state / "kubeconfig", folder.site, workload)
        ready.start()
        time.sleep(GOAL + 1)  # so that there is something to be behind of
        churning = threading.Thread(target=ready.churn, args=(seconds, every), daemon=True)
        churning.start()
        sent, found = ask(server, name, rate, seconds)
        churning.join()
        ready.stop()
    late = [behind(one, ready.moments) for one in found]
    known = [one for one in late if one is not None]
    return {
        "questions": sent,
        "per second": rate,
        "answered": len(found),
        "changes of readiness": len(ready.moments) - 1,
        "times that pods were deleted": ready.deleted,
        "never so": late.count(None),
        "wrong": late.count(None) + sum(one > GOAL for one in known),
        "most behind, s": max(known, default=None),
        "answered in ms, p50": 1000 * quantile([one.answered - one.sent for one in found], 0.5),
        "answered in ms, p99": 1000 * quantile([one.answered - one.sent for one in found], 0.99),
    }


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.names")
    given.add_argument("site", type=Path)
    given.add_argument("workload")
    given.add_argument("--rate", type=float, default=1000.0)
    given.add_argument("--seconds", type=float, default=60.0)
    given.add_argument("--every", type=float, default=4.0)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    before = os.getloadavg()[0]
    found = measure(asked.site, asked.workload, asked.rate, asked.seconds, asked.every)
    print(f"names  (load {before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores)")
    for key, value in found.items():
        print(f"  {key:<30}{value:.3f}" if isinstance(value, float) else f"  {key:<30}{value}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
