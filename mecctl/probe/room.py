"""How much CPU a probe's pod may have beside a slice's workloads."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient

_CPU = "limits.cpu"
LEAST, MOST = 200, 1000
"""Millicores; where there is less than the least, the quota without room is told as such when the pod is refused."""


def cpu_room(client: KubeClient, namespace: str) -> int:
    """Return the millicores for a probe's pod beside a namespace's others, between LEAST and MOST."""
    quotas = [one.get("status", {}) for one in client.list("v1", "ResourceQuota", namespace=namespace)]
    return room([(one.get("hard", {}), one.get("used", {})) for one in quotas])


def room(quotas: list[tuple[dict[str, str], dict[str, str]]]) -> int:
    """Return half of what quotas, as (hard, used), leave of `limits.cpu`, between LEAST and MOST.

    The other half is for the pod before it: a quota takes a moment to notice that one is gone.
    """
    left = [(_milli(hard[_CPU]) - _milli(used.get(_CPU, "0"))) // 2 for hard, used in quotas if _CPU in hard]
    return max(LEAST, min([MOST, *left]))


def _milli(quantity: str) -> int:
    return int(quantity[:-1]) if quantity.endswith("m") else int(Decimal(quantity) * 1000)
