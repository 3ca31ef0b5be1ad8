"""Sites for the lab's unit tests."""

from pathlib import Path
from typing import Any

from mecctl.model import Site
from mecctl.sitefile import SiteFolder

NODES: tuple[dict[str, Any], ...] = (
    {"name": "edge-1", "address": "10.78.1.11", "roles": ["server"]},
    {"name": "edge-2", "address": "10.78.1.12", "roles": ["agent"]},
)


def site_folder(path: Path, nodes: tuple[dict[str, Any], ...] = NODES, **spec: Any) -> SiteFolder:
    site = Site.model_validate(
        {
            "apiVersion": "mecctl/v1",
            "kind": "Site",
            "metadata": {"name": "unit-test"},
            "spec": {
                "nodes": list(nodes),
                "kubernetes": {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}},
                "lab": {"driver": "podman"},
                **spec,
            },
        }
    )
    return SiteFolder(path, site)
