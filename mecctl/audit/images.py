"""Where the images of running pods came from, as the container runtime says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.audit.evidence import Cluster


def pulled(cluster: Cluster) -> tuple[int, list[str]]:
    """Return how many running containers tell of their image, and the images that came from a registry.

    The runtime names one that was pulled by its registry's digest (`registry/name@sha256:…`), and one that was
    imported by its own (`sha256:…`) (`imageID` of a pod's containerStatuses).
    """
    told = [
        status["imageID"]
        for pod in cluster.objects("Pod")
        for kind in ("containerStatuses", "initContainerStatuses")
        for status in pod.get("status", {}).get(kind) or ()
        if status.get("imageID")
    ]
    return len(told), sorted({image for image in told if "@sha256:" in image})
