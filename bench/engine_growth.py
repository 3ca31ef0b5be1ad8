"""How the engine grows with a stack: time, memory, and bytes written, of a first `up`.

Bytes are those written into the state folder, and those of the disk's whole pages of 4 KiB, both as a multiple of the
state file's size.

Goals: exponent of time over size <= 1.1 between 250 and 2,000 objects; at 1,000 bytes written <= 3 times the state
file's size, and peak memory <= 200 MiB. Usage: python -m bench.engine_growth [rounds] [sizes...]
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.teams_runs import Teams
from tests.support.apiserver import running

MIB = 1024**2


def exponent(points: dict[int, float]) -> float:
    """Return the slope of the line through the points (size, cost) with both on a logarithmic scale."""
    sizes, costs = map(math.log, points), map(math.log, points.values())
    return statistics.linear_regression(list(sizes), list(costs)).slope


def main(rounds: int = 5, *chosen: int) -> None:
    sizes = chosen or (250, 500, 1000, 2000)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as api:
        every = {size: Teams(api, size) for size in sizes}
        rows: dict[int, list[tuple[float, ...]]] = {size: [] for size in sizes}
        for _ in range(rounds):
            for size, teams in every.items():
                teams.fresh()
                used = teams.mecctl()
                written = [count / teams.state_size() for count in (int(used.output), used.disk)]
                rows[size].append((used.cpu, used.wall, used.memory / MIB, *written))
                print(f"{size}: " + " ".join(f"{value:.2f}" for value in rows[size][-1]), flush=True)
        report({size: tuple(map(statistics.median, zip(*runs, strict=True))) for size, runs in rows.items()}, rounds)


def report(rows: dict[int, tuple[float, ...]], rounds: int) -> None:
    """Print medians a size, and the exponents of CPU-seconds and wall seconds."""
    print(f"\nfirst up by size  (load {os.getloadavg()[0]:.1f} on 2 cores, n={rounds})")
    print(f"{'objects':>9}{'CPU-s':>9}{'wall s':>9}{'MiB':>8}{'written / state':>17}{'disk / state':>14}")
    for size, row in rows.items():
        print(f"{size:>9}{row[0]:>9.2f}{row[1]:>9.2f}{row[2]:>8.0f}{row[3]:>17.2f}{row[4]:>14.2f}")
    fits = {
        name: round(exponent({size: row[at] for size, row in rows.items()}), 3)
        for at, name in enumerate(("cpu", "wall"))
    }
    print(f"exponent of CPU-seconds {fits['cpu']}, of wall seconds {fits['wall']}")
    print(json.dumps({"title": "first up by size", "load": os.getloadavg()[0], "median": rows, "exponent": fits}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
