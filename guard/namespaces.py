"""Namespaces that nobody closed are closed: nothing in, nothing out, until a policy opens what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guard.api import ApiError

if TYPE_CHECKING:
    from guard.api import Api, Object

NAMESPACES = "/api/v1/namespaces"
POLICIES = "/apis/networking.k8s.io/v1/networkpolicies?fieldSelector=metadata.name%3Ddefault-deny"
ACCOUNTS = "/api/v1/serviceaccounts?fieldSelector=metadata.name%3Ddefault"
MERGE = "application/merge-patch+json"
# The site's own programs close these, and would find someone else's policy in their way.
ELSEWHERE = frozenset({"default", "kube-system"})
_MANAGER = ("app.kubernetes.io/managed-by", "mecctl")
_DENY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def close(api: Api, namespace: Object) -> bool:
    """Give a namespace the NetworkPolicy `default-deny` unless it has one; tell whether it was given."""
    about = namespace["metadata"]
    mine = about["name"] not in ELSEWHERE and (about.get("labels") or {}).get(_MANAGER[0]) != _MANAGER[1]
    if not mine or namespace.get("deleted") or "deletionTimestamp" in about:
        return False
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": about["name"]},
        "spec": _DENY,
    }
    try:
        api.request("POST", f"/apis/networking.k8s.io/v1/namespaces/{about['name']}/networkpolicies", policy)
    except ApiError as error:
        if "already exists" in str(error):
            return False
        raise
    return True


def close_again(api: Api, policy: Object) -> bool:
    """Close a namespace whose `default-deny` was deleted; tell whether it was."""
    if not policy.get("deleted"):
        return False
    return close(api, api.request("GET", f"{NAMESPACES}/{policy['metadata']['namespace']}"))


def disarm(api: Api, account: Object) -> bool:
    """Take the token off pods that name no service account of their own; tell whether it was to be taken."""
    if account.get("automountServiceAccountToken") is False or account.get("deleted"):
        return False
    path = f"{NAMESPACES}/{account['metadata']['namespace']}/serviceaccounts/default"
    api.request("PATCH", path, {"automountServiceAccountToken": False}, MERGE)
    return True
