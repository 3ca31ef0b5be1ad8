"""Takes the token away from the `default` service account of every slice (CIS Kubernetes Benchmark 5.1.5).

Kubernetes makes that account by itself with the namespace, so no Pulumi program owns it: only this one field of it is
applied, and a pod that wants a token says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site

REASON = "automountServiceAccountToken is to be false"


def plan(client: KubeClient, site: Site) -> tuple[Change, ...]:
    """Return what `close` would change; an account that isn't there yet comes with a token."""
    return tuple(_change(namespace) for namespace in _open(client, site))


def close(client: KubeClient, site: Site) -> tuple[Change, ...]:
    """Take the tokens away, and return what changed; the account is made where Kubernetes has yet to make it."""
    changes = []
    for namespace in _open(client, site):
        metadata = {"name": "default", "namespace": namespace}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        client.apply({**account, "automountServiceAccountToken": False}, force=True)
        changes.append(_change(namespace))
    return tuple(changes)


def _open(client: KubeClient, site: Site) -> Iterable[str]:
    """Return the slices' namespaces whose default account has a token, in the site file's order."""
    wanted: dict[str, str] = {"fieldSelector": "metadata.name=default"}
    found: list[dict[str, Any]] = client.request("GET", "/api/v1/serviceaccounts", params=wanted)["items"]
    closed = {one["metadata"]["namespace"] for one in found if one.get("automountServiceAccountToken") is False}
    return [part.namespace for part in site.slices if part.namespace not in closed]


def _change(namespace: str) -> Change:
    return Change(f"slices: v1/ServiceAccount {namespace}/default", "update", REASON)
