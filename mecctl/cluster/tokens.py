"""Tokens by which machines join a cluster of kubeadm's, taken back.

mecctl makes one whenever nodes join, for 15 minutes; others were made by hand, and may hold for ever. Format:
https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.plan.change import Change

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient

TYPE = "bootstrap.kubernetes.io/token"
CERTIFICATES = "kubeadm-certs"
"""The Secret with the CA's key for servers that join, which `kubeadm init phase upload-certs` leaves for two hours."""
_NAMESPACE = "kube-system"


def revoke(client: KubeClient) -> tuple[Change, ...]:
    """Delete every such token and uploaded key; returns what went. Nodes that have joined don't need them any more."""
    secrets = f"/api/v1/namespaces/{_NAMESPACE}/secrets"
    names = [
        one["metadata"]["name"]
        for selector in (f"type={TYPE}", f"metadata.name={CERTIFICATES}")
        for one in client.request("GET", secrets, params={"fieldSelector": selector})["items"] or ()
    ]
    for name in names:
        client.delete({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": _NAMESPACE}})
    return tuple(Change(f"{_NAMESPACE}: v1/Secret {name}", "delete", _REASON) for name in names)


_REASON = "nobody can join by it any more"
