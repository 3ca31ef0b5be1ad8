"""The cluster on the nodes: which distribution, which version, which networks."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.k3s import K3s, Registries
from mecctl.model.node import Node
from mecctl.model.oidc import Oidc
from mecctl.model.types import Cidr, Endpoint, KubernetesVersion

API_PORT = 6443
"""TCP port of the Kubernetes API on every server."""
_VXLAN = 50
_CIPHER = {"wireguard": 80, "ipsec": 77}


class Network(Model):
    """The cluster's own networks."""

    cni: Literal["flannel", "cilium"] = Field(description="Pod network: flannel under k3s, cilium under kubeadm.")
    pod_cidr: Cidr = Field("10.42.0.0/16", alias="podCIDR", description="IPv4 range of pods; each node gets a /24.")
    encryption: Literal["none", "wireguard", "ipsec"] = Field(
        "none", description="How pod traffic between nodes is encrypted; every node's kernel must know it."
    )
    flannel_backend: Literal["vxlan", "host-gw"] = Field(
        "vxlan",
        description="How flannel carries pods' packets: vxlan, or host-gw (as they are; all nodes on one network).",
    )
    service_cidr: Cidr = Field("10.43.0.0/16", alias="serviceCIDR", description="IPv4 range of Services.")

    @property
    def overhead(self) -> int:
        """Bytes that a pod's packet gains on the way to another node (IPv4).

        VXLAN adds 50 (RFC 7348), WireGuard at most 80, IPsec 77. Cilium has both at once, flannel either; under host-gw
        it routes them as they are.
        """
        if self.encryption == "none":
            return 0 if self.flannel_backend == "host-gw" else _VXLAN
        return _CIPHER[self.encryption] + (_VXLAN if self.cni == "cilium" else 0)


class Kubernetes(Model):
    """The Kubernetes of the site."""

    distribution: Literal["k3s", "kubeadm", "existing"] = Field(
        "k3s", description="k3s, or kubeadm for upstream Kubernetes."
    )
    version: KubernetesVersion = Field(description="v1.36.3 for kubeadm, v1.36.5+k3s1 for k3s.")
    network: Network = Field(description="The cluster's own networks.")
    hardening: Literal["cis", "none"] = Field("cis", description="cis: the CIS benchmark's controls; none: defaults.")
    endpoint: Endpoint | None = Field(
        None,
        description="Fixed address of the API (host or host:port) that stays when a server goes: a load balancer, "
        "virtual address or DNS name. The first server's address where left out.",
    )
    k3s: K3s = Field(default_factory=K3s, description="What only K3s has; for distribution: k3s.")
    registries: Registries | None = Field(None, description="Where K3s fetches images from, apart from what it ships.")
    oidc: Oidc | None = Field(None, description="The identity provider by which people log in, beside certificates.")

    def api_endpoint(self, servers: Sequence[Node]) -> str:
        """Return host:port of the API: the fixed address where there is one, else the first server's."""
        host, _, port = (self.endpoint or servers[0].address).partition(":")
        return f"{host}:{port or API_PORT}"
