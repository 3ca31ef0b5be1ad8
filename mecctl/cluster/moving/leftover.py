"""Pods that wait for the volumes of a workload whose move was broken off before either site had written it down.

They take no requests and get no volumes any more, and a site that waits for all its workloads would wait for them. A
mover on another machine that has just begun one finds it gone, and leaves the workload where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.cluster.moving.pod import VolumesPod
from mecctl.cluster.moving.where import ledger
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site

_REASON = "a move that was broken off has left it waiting for volumes"


def plan(client: KubeClient, site: Site) -> tuple[Change, ...]:
    """Return what `end` would change."""
    return tuple(_change(pod) for pod in _waiting(client, site))


def end(client: KubeClient, site: Site) -> tuple[Change, ...]:
    """End such pods, and return what went; raises KubeError when the API refuses."""
    changes = []
    for pod in _waiting(client, site):
        pod.end()
        changes.append(_change(pod))
    return tuple(changes)


def _waiting(client: KubeClient, site: Site) -> Iterator[VolumesPod]:
    for work in site.workloads:
        if not work.carried:
            continue
        record, _ = ledger(client, site, work).read()
        pod = VolumesPod(client, site.slice(work.slice).namespace, work)
        if record.mode in {"peer", "closed"} and pod.wanted:
            yield pod


def _change(pod: VolumesPod) -> Change:
    return Change(f"workloads: v1/Pod {pod.namespace}/{pod.name}", "delete", _REASON)
