"""Tokens by which nodes join a cluster of kubeadm's."""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from ansible.module_utils.mecctl.kube import Api

LIFE = timedelta(minutes=15)
GROUP = "system:bootstrappers:kubeadm:default-node-token"
KNOWN_WITHIN = 30  # seconds
REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"


def make(api: Api) -> str:
    """Make a bootstrap token that lives 15 minutes, and wait until the API server takes it.

    A join that asks before that would wait 5 s before it asks again. Format: "Authenticating with Bootstrap Tokens" in
    the Kubernetes documentation. Raises NodeError when the API server refuses, or doesn't take it.
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
            "auth-extra-groups": GROUP,
        },
    }
    status, answer = api.request("POST", "/api/v1/namespaces/kube-system/secrets", token)
    if status != 201:
        raise NodeError("the API server made no token", why=answer.get("message", str(status)))
    _wait_until_known(api, f"{name}.{secret}")
    return f"{name}.{secret}"


def _wait_until_known(api: Api, token: str) -> None:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    end = time.monotonic() + KNOWN_WITHIN
    while time.monotonic() < end:
        _, answer = api.request("POST", REVIEWS, review)
        if answer.get("status", {}).get("authenticated"):
            return
        time.sleep(0.1)
    why = answer.get("status", {}).get("error", "") or answer.get("message", "")
    raise NodeError("the API server doesn't take the token it was given", why=why)
