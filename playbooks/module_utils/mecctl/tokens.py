"""Tokens by which nodes join a cluster of kubeadm's, and the hash by which they know it."""

from __future__ import annotations

import hashlib
import secrets
import ssl
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from ansible.module_utils.mecctl.kube import Api

LIFE = timedelta(minutes=15)
GROUP = "system:bootstrappers:kubeadm:default-node-token"
SIGNED_WITHIN = 30  # seconds
CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info"


def make(api: Api) -> str:
    """Make a bootstrap token that lives 15 minutes, and wait until the cluster vouches for itself with it.

    A join that asks before that would wait 5 s before it asks again. Format: "Authenticating with Bootstrap Tokens" in
    the Kubernetes documentation. Raises NodeError when the API server refuses, or no controller manager signs.
    """
    name, secret = secrets.token_hex(3), secrets.token_hex(8)
    ends = datetime.now(timezone.utc) + LIFE
    token = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": f"bootstrap-token-{name}", "namespace": "kube-system"},
        "type": "bootstrap.kubernetes.io/token",
        "stringData": {
            "token-id": name,
            "token-secret": secret,
            "expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "usage-bootstrap-authentication": "true",
            "usage-bootstrap-signing": "true",
            "auth-extra-groups": GROUP,
        },
    }
    status, answer = api.request("POST", "/api/v1/namespaces/kube-system/secrets", token)
    if status != 201:
        raise NodeError("the API server made no token", why=answer.get("message", str(status)))
    _wait_until_signed(api, name)
    return f"{name}.{secret}"


def ca_hash(pem: str) -> str:
    """The hash of a CA as `kubeadm join` takes it: of the public key in the certificate, in DER (RFC 7469, 2.4)."""
    certificate = _content(ssl.PEM_cert_to_DER_cert(pem), 0)
    fields = _content(certificate, 0)
    place = 0
    # version, serial number, signature, issuer, validity, subject: then comes the key (RFC 5280, 4.1)
    for _ in range(6):
        place = _end(fields, place)
    return f"sha256:{hashlib.sha256(fields[place : _end(fields, place)]).hexdigest()}"


def _wait_until_signed(api: Api, name: str) -> None:
    end = time.monotonic() + SIGNED_WITHIN
    while time.monotonic() < end:
        _, answer = api.request("GET", CLUSTER_INFO)
        if f"jws-kubeconfig-{name}" in answer.get("data", {}):
            return
        time.sleep(0.1)
    raise NodeError("the cluster doesn't sign its own description", why="the controller manager isn't at work")


def _content(der: bytes, place: int) -> bytes:
    start, length = _header(der, place)
    return der[start : start + length]


def _end(der: bytes, place: int) -> int:
    start, length = _header(der, place)
    return start + length


def _header(der: bytes, place: int) -> tuple[int, int]:
    """Where an element's content starts, and its length (X.690, 8.1.3)."""
    first = der[place + 1]
    if first < 0x80:
        return place + 2, first
    size = first & 0x7F
    return place + 2 + size, int.from_bytes(der[place + 2 : place + 2 + size], "big")
