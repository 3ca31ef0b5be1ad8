"""Waits by watch, and says why when the time is over."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from mecctl.cluster.health import node_status
from mecctl.engine.kube import KubeError
from mecctl.engine.readiness.wait import wait
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.plan.progress import Progress

TASK = "nodes ready"
_PAUSE = 0.2
"""Seconds between two questions about what no watch tells."""
DNS = ("apps/v1", "Deployment", "kube-system", "coredns")  # kubeadm's and K3s's alike


def wait_api_ready(client: KubeClient, timeout: float) -> None:
    """Return when the API server has read what it decides by: one that has just started refuses even its administrator.

    Asks /readyz (kubernetes.io/docs/reference/using-api/health-checks) until it says yes, for at most `timeout`
    seconds; then raises KubeError.
    """
    await_answer(client, "/readyz", frozenset({403, 500}), time.monotonic() + timeout)


def await_answer(client: KubeClient, path: str, not_yet: Container[int], end: float) -> None:
    """Return when a path is answered well; a refusal of a `not_yet` status is waited out until `end` (monotonic).

    Raises KubeError with the refusal that stands then, or with any other at once.
    """
    while True:
        try:
            client.request("GET", path)
        except KubeError as error:
            if error.status not in not_yet or time.monotonic() > end:
                raise
            client.stop.pause(_PAUSE)
        else:
            return


def wait_nodes_ready(client: KubeClient, names: Iterable[str], timeout: float, progress: Progress) -> None:
    """Return when all named nodes are Ready; after `timeout` seconds raise MecctlError that says why each isn't."""
    wanted = frozenset(names)
    seen: dict[str, dict[str, Any]] = {}
    progress.begin(TASK, len(wanted), "nodes")
    try:
        for event in client.watch("v1", "Node", timeout=timeout):
            if event.type == "DELETED":
                seen.pop(event.object["metadata"]["name"], None)
            elif event.type != "SYNCED":
                seen[event.object["metadata"]["name"]] = event.object
            ready = {name for name in wanted if node_status(name, seen.get(name)).ready}
            progress.advance(TASK, len(ready))
            if ready == wanted:
                return
    finally:
        progress.end(TASK)
    late = [found for name in sorted(wanted) if not (found := node_status(name, seen.get(name))).ready]
    raise MecctlError(
        f"{len(late)} of {len(wanted)} nodes did not get Ready within {timeout:g} s",
        why="; ".join(f"{found.name}: {found.reason}" for found in late),
        fix="see `journalctl -u kubelet` on the node, then run the same command again",
    )


def wait_workloads_ready(client: KubeClient, site: Site, timeout: float, progress: Progress) -> None:
    """Return when cluster DNS and all workloads are ready, also those that an interrupted run left half-started.

    Raises MecctlError that says why one isn't when all of them together took `timeout` seconds, or one never will be.
    """
    own = {(*site.runs_as(work), site.slice(work.slice).namespace, work.name) for work in site.workloads}
    wanted = {DNS, *own}
    until = time.monotonic() + timeout
    found = [(of, one) for of in sorted({key[:2] for key in wanted}) for one in client.list(*of)]
    for of, live in found:
        place, name = live["metadata"]["namespace"], live["metadata"]["name"]
        if (*of, place, name) not in wanted:
            continue
        task = f"ready {place}/{name}"
        progress.begin(task)
        try:
            wait(client, live, max(1.0, until - time.monotonic()), partial(progress.advance, task, 0))
        finally:
            progress.end(task)
