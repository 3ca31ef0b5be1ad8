"""What a running cluster's nodes have left for the site's workloads."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mecctl.model.quantity import size
from mecctl.plan.placing import Room

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site

Object = dict[str, Any]
_ENDED = {"Succeeded", "Failed"}


def rooms(client: KubeClient, site: Site) -> dict[str, Room]:
    """Return, by node, what may be allocated there less what all pods but the site's own workloads reserve."""
    nodes = client.list("v1", "Node")
    held: dict[tuple[str, str], Decimal] = {}
    for pod in _others(client, site):
        for name in ("cpu", "memory"):
            key = pod["spec"]["nodeName"], name
            held[key] = held.get(key, Decimal(0)) + _reserved(pod["spec"], name)
    found = {}
    for node in nodes:
        name, allocatable = node["metadata"]["name"], node["status"].get("allocatable")
        arch = node["status"].get("nodeInfo", {}).get("architecture", "")
        if allocatable and arch:
            cpu, memory = (size(allocatable[one]) - held.get((name, one), Decimal(0)) for one in ("cpu", "memory"))
            found[name] = Room(arch, cpu, memory)
    return found


def _others(client: KubeClient, site: Site) -> Iterable[Object]:
    own = {(site.slice(work.slice).namespace, work.name) for work in site.workloads}
    for pod in client.list("v1", "Pod"):
        metadata, status = pod["metadata"], pod.get("status") or {}
        name = (metadata.get("labels") or {}).get("app.kubernetes.io/name", "")
        placed = pod["spec"].get("nodeName") and status.get("phase") not in _ENDED
        if placed and (metadata["namespace"], name) not in own:
            yield pod


def _reserved(spec: Mapping[str, Any], name: str) -> Decimal:
    """Return what a pod reserves: the sum of its containers, or an init container's where that is more.

    kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """

    def of(container: Mapping[str, Any]) -> Decimal:
        return size(((container.get("resources") or {}).get("requests") or {}).get(name, "0"))

    first = spec.get("initContainers") or ()
    beside = [one for one in first if one.get("restartPolicy") == "Always"]
    together = sum((of(one) for one in (*spec["containers"], *beside)), Decimal(0))
    return max([together, *(of(one) for one in first if one not in beside)]) + size(
        (spec.get("overhead") or {}).get(name, "0")
    )
