"""Interleaved measuring: A B A B ..., CPU-seconds of the control process tree first, wall seconds second, medians."""

from __future__ import annotations

import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One run: CPU-seconds of this process and its ended children, of the whole machine, and wall seconds."""

    cpu: float
    machine_cpu: float
    wall: float


def once(act: Callable[[], None]) -> Sample:
    """Run `act` and measure it."""
    cpu, machine, began = _own_cpu(), _machine_cpu(), time.monotonic()
    act()
    return Sample(_own_cpu() - cpu, _machine_cpu() - machine, time.monotonic() - began)


def interleaved(
    variants: dict[str, Callable[[], None]], *, rounds: int, before: Callable[[], None] | None = None
) -> dict[str, list[Sample]]:
    """Run every variant once a round, in turn; `before` prepares each run and isn't counted."""
    samples: dict[str, list[Sample]] = {name: [] for name in variants}
    for number in range(rounds):
        for name, act in variants.items():
            if before:
                before()
            sample = once(act)
            samples[name].append(sample)
            print(f"round {number + 1} {name}: {sample.cpu:.2f} CPU-s, {sample.wall:.2f} s wall", flush=True)
    return samples


def report(title: str, samples: dict[str, list[Sample]]) -> None:
    """Print a table of medians with the range of wall seconds, and the same as one JSON line."""
    print(f"\n{title}  (load {os.getloadavg()[0]:.1f} on 2 cores, n={len(next(iter(samples.values())))})")
    print(f"{'':<24}{'CPU-s':>9}{'machine CPU-s':>15}{'wall s':>9}{'min':>8}{'max':>8}")
    rows = {}
    for name, runs in samples.items():
        walls = [run.wall for run in runs]
        row = {
            "cpu": statistics.median(run.cpu for run in runs),
            "machine_cpu": statistics.median(run.machine_cpu for run in runs),
            "wall": statistics.median(walls),
            "min": min(walls),
            "max": max(walls),
        }
        rows[name] = {key: round(value, 3) for key, value in row.items()}
        print(f"{name:<24}" + "".join(f"{row[k]:>{w}.2f}" for k, w in zip(row, (9, 15, 9, 8, 8), strict=True)))
    print(json.dumps({"title": title, "load": os.getloadavg()[0], "median": rows}))


def _own_cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _machine_cpu() -> float:
    with open("/proc/stat", encoding="ascii") as file:  # noqa: PTH123 - read once, not a path to keep
        user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, file.readline().split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
