"""Slices on a site that is up: pods held to their rates and behind their walls from the first moment.

    rates      fresh pods that send TCP at full speed: each second of it as a share of the declared rate, goal 0.95 to
               1.02, the first second included
    stock      the same of the CNI's own `bandwidth` plugin with `kubernetes.io/egress-bandwidth: 10M`; needs root
    neighbour  datagrams of a slice within its guarantee that get lost beside slices that flood, goal <= 1 %
    leaks      datagrams that get out of fresh pods past their walls, goal 0
    openings   from the API's answer to the first connection through a new opening, goal p99 <= 1 s
    idle       a node full of pods: until all are ready; memory and CPU of the agent beside them, goal 30 MB and 1 %

The site wants two nodes with the role agent, slices with a downlink maximum, one of them with a guarantee, and one
without rates. Everything made there is removed at the end.
Usage: python -m bench.slices SITE [--part PART]... [--starts N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from bench.slices import idle, leaks, neighbour, openings, rates, stock
from bench.slices.ground import Ground, Row
from mecctl import sitelock
from mecctl.cluster.health import connect
from mecctl.errors import MecctlError
from mecctl.sitefile import load

PARTS = {
    "rates": (rates.measure, 100),
    "stock": (stock.measure, 10),
    "neighbour": (neighbour.measure, 1),
    "leaks": (leaks.measure, 300),
    "openings": (openings.measure, 50),
    "idle": (idle.measure, 100),
}


def loads() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def table(rows: list[Row]) -> str:
    """Rows below the names of their columns."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    cells = [heads, *([_cell(row.get(head, "")) for head in heads] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(heads))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.slices")
    given.add_argument("site", type=Path)
    given.add_argument("--part", action="append", choices=PARTS)
    given.add_argument("--starts", type=int)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    folder = load(str(asked.site), asked.site.parent)
    found: dict[str, object] = {}
    with (
        sitelock.hold(folder.state, "bench.slices"),
        connect(folder.state / "kubeconfig", folder.site) as client,
    ):
        for name in asked.part or PARTS:
            act, usual = PARTS[name]
            before, began = loads(), time.monotonic()
            try:
                with Ground(client, folder) as ground:
                    result = act(ground, asked.starts or usual)
            except MecctlError as error:  # the other parts may well be measured
                result = {"rows": [{"failed": str(error)}]}
            taken = time.monotonic() - began
            print(f"\n{name}  ({taken:.0f} s on {os.cpu_count()} cores, load {before} before, {loads()} after)")
            print(table(result["rows"]), flush=True)
            found[name] = {"seconds": round(taken), "load": [before, loads()], **result}
            if asked.json:
                asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
