"""What the playbooks need to know of a site that only K3s has; pure, but for the sums of its tokens."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mecctl.standards import k3s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.model import Registries, Site
    from mecctl.sitefile import SiteFolder

PEER_PORT = 5001
"""TCP port at which nodes find each other's images (docs.k3s.io/installation/requirements#networking)."""


def settings(folder: SiteFolder) -> dict[str, Any]:
    """Return `{disable, embedded_registry, server_config, node_config, kubelet, registries}` as K3s reads them."""
    own = folder.site.kubernetes.k3s
    return {
        "disable": list(own.disable),
        "embedded_registry": own.embedded_registry,
        "server_config": _config({**own.server_options, **own.node_options}),
        "node_config": _config(own.node_options),
        "kubelet": _kubelet(own.kubelet),
        "registries": _registries(folder.site.kubernetes.registries, shared=own.embedded_registry),
    }


def token_files(folder: SiteFolder) -> dict[str, str]:
    """Return the files of the tokens that the site has itself, as `server_token` and `agent_token`."""
    own = folder.site.kubernetes.k3s
    named = {"server_token": own.token_file, "agent_token": own.agent_token_file}
    return {name: str(folder.resolve(path)) for name, path in named.items() if path}


def token_sums(folder: SiteFolder) -> dict[str, str]:
    """Return something that changes with each token and doesn't tell it: the start of its sha256."""
    files = token_files(folder)
    return {name: _sum(files[name]) if name in files else "made up" for name in ("server_token", "agent_token")}


def peer_ports(site: Site) -> list[dict[str, Any]]:
    """Return the ports that nodes open to each other for their embedded registries, as `site_open_ports` has them."""
    if not site.kubernetes.k3s.embedded_registry:
        return []
    return [{"port": PEER_PORT, "protocol": "tcp", "from": f"{node.address}/32"} for node in site.nodes]


def _sum(path: str) -> str:
    return "sha256:" + hashlib.sha256(Path(path).read_bytes().strip()).hexdigest()[:12]


def _config(options: Mapping[str, Any]) -> dict[str, Any]:
    """Write options for a drop-in: lists come on top of mecctl's own (`key+`), for the last file wins otherwise."""
    known = k3s.options()
    return {
        f"{name}+" if known[name].type == "list" else name: list(value) if isinstance(value, tuple) else value
        for name, value in sorted(options.items())
    }


def _kubelet(fields: Mapping[str, Any]) -> dict[str, Any]:
    if not fields:
        return {}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in sorted(fields.items())}
    return {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", **plain}


def _registries(registries: Registries | None, *, shared: bool) -> dict[str, Any]:
    """Write registries.yaml (docs.k3s.io/installation/private-registry); nodes share images of what has a mirror."""
    found: dict[str, Any] = {}
    for name, mirror in registries.mirrors.items() if registries else ():
        given = {"endpoint": list(mirror.endpoint), "rewrite": dict(mirror.rewrite)}
        found.setdefault("mirrors", {})[name] = {key: value for key, value in given.items() if value}
    if shared and not found:
        found["mirrors"] = {"*": {}}
    for name, config in registries.configs.items() if registries else ():
        tls = config.tls.model_dump(exclude_none=True)
        found.setdefault("configs", {})[name] = {"tls": tls}
    return found
