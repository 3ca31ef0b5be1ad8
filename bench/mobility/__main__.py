"""Moves of a workload between two sites that are up, under 300 requests a second at the first one's address.

    moves    `counter` there and back, 50 times; goals: 0 failed, 0 doubled, longest gap <= 50 ms
    state    `store` with 10 MB of state, 20 times; goals: freeze p95 <= 300 ms, 0 lost writes
    replaced `plain`, whose pod is deleted, so that another comes
    rolled   `plain`, restarted by a roll-out

Lost: answered, and not counted in the end, of all that `store` was asked and the last 1,500 of the others.
Usage: python -m bench.mobility [SITE SITE] [--part PART]... [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.mobility.load import Client, counts
from bench.slices.ground import quantile
from mecctl.cluster.health import connect
from mecctl.cluster.moving.move import Move
from mecctl.cluster.moving.side import Side
from mecctl.engine.readiness.wait import wait
from mecctl.sitefile import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.kube import KubeClient
    from mecctl.sitefile import SiteFolder

RATE, PAUSE = 300.0, 0.5
KEPT = 1500
"""Names that every workload keeps at least."""
MERGE = {"Content-Type": "application/merge-patch+json"}
Row = dict[str, Any]


class Ground:
    """Two sites that are up, and clients of both."""

    def __init__(self, folders: list[SiteFolder], clients: list[KubeClient]) -> None:
        self.folders, self.clients = folders, clients

    def sides(self, name: str) -> list[Side]:
        """A workload at both sites."""
        found = []
        for folder, client in zip(self.folders, self.clients, strict=True):
            (work,) = (one for one in folder.site.workloads if one.name == name)
            found.append(Side(client, folder.site, work))
        return found

    def door(self, name: str) -> tuple[str, int]:
        """Where clients outside reach a workload at the first site."""
        site = self.folders[0].site
        (work,) = (one for one in site.workloads if one.name == name)
        service = self.clients[0].get("v1", "Service", f"{name}-outside", site.slice(work.slice).namespace)
        return str(site.nodes[0].address), int(service["spec"]["ports"][0]["nodePort"])


def moves(ground: Ground, name: str, times: int) -> Row:
    """Move there and back under load."""
    freezes: list[float] = []
    here, there = ground.sides(name)
    if there.ledger.read()[0].mode == "local":
        Move(there, here, lambda _: None).run()

    def act() -> None:
        for number in range(times):
            pair = ground.sides(name)
            source, target = pair if number % 2 == 0 else reversed(pair)
            done = Move(source, target, lambda _: None).run()
            assert done.ended == "moved", done
            freezes.append(done.freeze or 0.0)
            time.sleep(PAUSE)

    row = under_load(ground, name, act)
    return {**row, "times": times, "freeze p50 ms": 1e3 * quantile(freezes, 0.5), "p95": 1e3 * quantile(freezes, 0.95)}


def plainly(ground: Ground, replace: bool, times: int) -> Row:
    """Make the pod of what doesn't move anew, by deleting it or by a roll-out."""
    site, client = ground.folders[0].site, ground.clients[0]
    (work,) = (one for one in site.workloads if one.name == "plain")
    space = site.slice(work.slice).namespace

    def act() -> None:
        for _ in range(times):
            if replace:
                for pod in client.list("v1", "Pod", space, "app.kubernetes.io/name=plain"):
                    client.delete(pod)
                time.sleep(0.2)
            else:
                stamp = {"kubectl.kubernetes.io/restartedAt": datetime.now(UTC).isoformat()}
                body = {"spec": {"template": {"metadata": {"annotations": stamp}}}}
                path = f"/apis/apps/v1/namespaces/{space}/deployments/plain"
                client.request("PATCH", path, body=body, headers=MERGE)
            wait(client, client.get("apps/v1", "Deployment", "plain", space), 60, lambda _: None)
            time.sleep(1)

    return {**under_load(ground, "plain", act), "times": times}


def under_load(ground: Ground, name: str, act: Callable[[], None]) -> Row:
    """Send while `act` acts, and hold what was answered against what was counted."""
    host, port = ground.door(name)
    client = Client(host, port, RATE, f"{name}-{time.time_ns()}")
    time.sleep(1)
    act()
    time.sleep(1)
    sent = client.stop()
    counted = counts(host, port)
    last = 0 if name == "store" else max(0, len(sent.answered) - KEPT)
    return {
        "requests": len(sent.answered) + len(sent.failed),
        "failed": len(sent.failed),
        "doubled": sent.doubled,
        "lost": sum(path not in counted for path in sent.answered[last:]),
        "longest gap ms": 1e3 * sent.longest_gap,
        "slowest ms": 1e3 * sent.slowest,
    }


PARTS: dict[str, Callable[[Ground], Row]] = {
    "moves": lambda ground: moves(ground, "counter", 50),
    "state": lambda ground: moves(ground, "store", 20),
    "replaced": lambda ground: plainly(ground, replace=True, times=5),
    "rolled": lambda ground: plainly(ground, replace=False, times=5),
}


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.mobility")
    given.add_argument("sites", type=Path, nargs="*", default=[Path("inventories/lab-a"), Path("inventories/lab-b")])
    given.add_argument("--part", action="append", choices=PARTS)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    folders = [load(str(site), site.parent) for site in asked.sites]
    found = {}
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(one.state / "kubeconfig", one.site)) for one in folders]
        for name in asked.part or PARTS:
            before = os.getloadavg()[0]
            row = PARTS[name](Ground(folders, clients))
            found[name] = {**row, "load": [before, os.getloadavg()[0]]}
            print(f"{name}  (load {before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores)")
            print(
                "  "
                + ", ".join(
                    f"{key} {one:.1f}" if isinstance(one, float) else f"{key} {one}" for key, one in row.items()
                )
            )
            if asked.json:
                asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
