"""Makes a probe pod one of its slice's: on the slice's nodes, and as its limits ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.model.placement import POOL, TAINT

if TYPE_CHECKING:
    from mecctl.model import Slice


def fitted(pod: dict[str, Any], part: Slice | None) -> dict[str, Any]:
    """Return the pod with what `part` asks of pods: its pool of nodes, and requests that equal the limits.

    A pod of no slice is what it is.
    """
    if part is None:
        return pod
    spec = {**pod["spec"]}
    if part.pool:
        spec["nodeSelector"] = {POOL: part.pool}
    if part.isolation == "physical":
        own = {"key": TAINT, "operator": "Equal", "value": str(part.snssai), "effect": "NoSchedule"}
        spec["tolerations"] = [own]
    if part.isolation == "virtual-resource":
        spec["containers"] = [_reserved(container) for container in spec["containers"]]
    return {**pod, "spec": spec}


def _reserved(container: dict[str, Any]) -> dict[str, Any]:
    limits = container["resources"]["limits"]
    return {**container, "resources": {"requests": limits, "limits": limits}}
