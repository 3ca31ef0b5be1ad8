"""Targets of a probe while they move: after a reboot the API calls pods ready that are yet to start again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mecctl.probe.attempts import running, targets

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.probe.attempts import Running

SETTLE = 60.0
"""Seconds that workloads get to stand still."""
_MANAGED = "app.kubernetes.io/managed-by=mecctl"


def look(client: KubeClient) -> Running:
    """Return what runs now."""
    return running(
        client.list("v1", "Service", label_selector=_MANAGED), client.list("v1", "Pod", label_selector=_MANAGED)
    )


def settled(client: KubeClient, site: Site, until: float) -> Running:
    """Return what runs once each workload that listens has a ready pod, or when the time is over."""
    wanted = targets(site)
    found = look(client)
    if wanted <= found.pods.keys():
        return found
    synced = False  # until then the watch only tells what is there, which one look tells at once
    for event in client.watch("v1", "Pod", label_selector=_MANAGED, timeout=until - time.monotonic()):
        synced = synced or event.type == "SYNCED"
        if synced and wanted <= (found := look(client)).pods.keys():
            break
    return found


def api_address(client: KubeClient) -> str:
    """Return the address of the API's own Service."""
    return str(client.get("v1", "Service", "kubernetes", "default")["spec"]["clusterIP"])
