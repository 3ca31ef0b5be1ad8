"""Site, facts and artifacts → the Ansible inventory; pure, so what a playbook will see can be read and tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError
from mecctl.model import is_tended, name_ports, owner
from mecctl.model.placement import POOL, TAINT
from mecctl.nodes import k3s
from mecctl.nodes.oidc import authenticators

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mecctl.artifacts.store import Blob
    from mecctl.model import Node, Site
    from mecctl.nodes.facts import Facts
    from mecctl.sitefile import SiteFolder

SERVER = "node-role.kubernetes.io/control-plane"
# The roles of a node, by distribution and by whether it is a server; in the order in which they build on each other.
ROLES = {
    ("kubeadm", True): ["prepare", "harden", "containerd", "apiserver", "kubelet", "kubeadm_server", "slices", "cni"],
    ("kubeadm", False): ["prepare", "harden", "containerd", "kubelet", "kubeadm_agent", "slices", "cni"],
    ("k3s", True): ["prepare", "harden", "apiserver", "slices", "k3s_server"],
    ("k3s", False): ["prepare", "harden", "slices", "k3s_agent"],
}
# What makes a node a member of its cluster; the other roles prepare it.
MEMBER_ROLES = {"kubelet", "kubeadm_server", "kubeadm_agent", "k3s_server", "k3s_agent"}
# What is spoken below TLS 1.3, whose suites are all good: forward secrecy, and encryption that authenticates.
TLS_SUITES = tuple(
    f"TLS_ECDHE_{key}_WITH_{cipher}"
    for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")
    for key in ("ECDSA", "RSA")
)


def render(folder: SiteFolder, facts: Mapping[str, Facts], blobs: Mapping[str, Iterable[Blob]]) -> dict[str, Any]:
    """Return the inventory of the nodes in `facts`, each with what `blobs` lists for it.

    Its groups are `machines` (all of them), `servers` and `agents`, the first server first. Values that only one node
    has are named `node_…`, the site's own `site_…`; a role's defaults take theirs from these.
    """
    site = folder.site
    seen = [node for node in site.nodes if node.name in facts]
    servers = [node.name for node in seen if node.is_server]
    agents = [node.name for node in seen if not node.is_server]
    hosts = {node.name: _host(folder, node, facts[node.name], blobs.get(node.name, ())) for node in seen}
    return {
        "all": {
            "vars": _site_vars(folder),
            "children": {
                "machines": {"hosts": hosts},
                "servers": {"hosts": dict.fromkeys(servers)},
                "agents": {"hosts": dict.fromkeys(agents)},
            },
        }
    }


def _site_vars(folder: SiteFolder) -> dict[str, Any]:
    site, kubernetes = folder.site, folder.site.kubernetes
    return {
        "site_name": site.name,
        "site_distribution": kubernetes.distribution,
        "site_version": kubernetes.version,
        "site_hardening": kubernetes.hardening,
        "site_tls_suites": list(TLS_SUITES),
        "site_encryption": kubernetes.network.encryption,
        "site_userspace_wireguard": site.userspace_wireguard,
        "site_flannel_backend": kubernetes.network.flannel_backend,
        "site_k3s": k3s.settings(folder),
        "site_token_files": k3s.token_files(folder),
        "site_token_sums": k3s.token_sums(folder),
        "site_endpoint": kubernetes.api_endpoint(site.servers),
        "site_first_server": site.servers[0].name,
        "site_servers": [node.address for node in site.servers],
        "site_pod_cidr": str(kubernetes.network.pod_cidr),
        "site_service_cidr": str(kubernetes.network.service_cidr),
        "site_oidc": authenticators(folder),
        "site_tended": [part.namespace for part in site.slices if is_tended(site, part)],
        "site_cni": kubernetes.network.cni,
        "site_node_addresses": [node.address for node in site.nodes],
        "site_open_ports": [
            *(port.model_dump(by_alias=True) for port in site.spec.os.open_ports),
            *k3s.peer_ports(site),
        ],
        "site_security_updates": site.spec.os.security_updates,
        "site_nodes": {node.name: _kept(node, site) for node in site.nodes},
        "ansible_user": site.spec.access.user,
        "ansible_become": site.spec.access.user != "root",
        "ansible_ssh_private_key_file": str(folder.resolve(site.spec.access.private_key)),
    }


def _host(folder: SiteFolder, node: Node, facts: Facts, blobs: Iterable[Blob]) -> dict[str, Any]:
    distribution = folder.site.kubernetes.distribution
    if (distribution, node.is_server) not in ROLES:
        raise MecctlError(f"mecctl doesn't install nodes of a cluster that is {distribution}", where=node.name)
    blobs = tuple(blobs)
    return {
        "ansible_host": str(node.address),
        "ansible_port": node.port,
        "node_address": str(node.address),
        "node_roles": ROLES[distribution, node.is_server],
        "node_member_roles": [role for role in ROLES[distribution, node.is_server] if role in MEMBER_ROLES],
        "node_labels": {POOL: node.pool},
        "node_taints": [f"{key}={taint}" for key, taint in _reserved(node, folder.site).items() if taint],
        "node_schedulable": node.runs_workloads,
        "node_facts": {
            "container": facts.container,
            "cgroup": facts.cgroup,
            "swap": facts.swap,
            "raise_limits": facts.raise_limits,
            "conntrack_writable": facts.conntrack_writable,
            "family": facts.system.family,
            "selinux": facts.system.selinux,
        },
        "node_binaries": [
            {"sha256": blob.sha256, "path": path, "mode": "0755" if "/bin/" in path else "0644"}
            for blob in blobs
            if (path := blob.artifact.install)
        ],
        "node_open_ports": [port.model_dump(by_alias=True) for port in name_ports(folder.site, node)],
        "node_images": [
            {"sha256": blob.sha256, "names": list(blob.artifact.images)} for blob in blobs if blob.artifact.images
        ],
        "node_artifacts": {blob.sha256: str(blob.path) for blob in blobs},
    }


def _kept(node: Node, site: Site) -> dict[str, Any]:
    """What the cluster's Node object should say of a node, apart from what the kubelet says itself."""
    pool, reserved = {POOL: node.pool}, _reserved(node, site)
    if not node.is_server:
        return {"labels": pool, "taints": reserved}
    role = {"kubeadm": {SERVER: ""}, "k3s": {SERVER: "true"}}[site.kubernetes.distribution]
    return {"labels": pool | role, "taints": {SERVER: None if node.runs_workloads else "NoSchedule", **reserved}}


def _reserved(node: Node, site: Site) -> dict[str, str | None]:
    """The taint of a node that one slice has to itself, value:effect; None where there is to be none."""
    part = owner(node, site.slices)
    return {TAINT: f"{part.snssai}:NoSchedule" if part else None}
