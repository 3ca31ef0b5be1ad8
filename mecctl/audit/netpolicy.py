"""Which pods NetworkPolicies wall in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.audit.evidence import Cluster, Object

BOTH = frozenset({"Ingress", "Egress"})


def types(policy: Object) -> frozenset[str]:
    """Return the directions that a policy closes (NetworkPolicySpec policyTypes, with its defaults)."""
    spec = policy["spec"]
    told = spec.get("policyTypes")
    return frozenset(told) if told else frozenset({"Ingress", *(("Egress",) if spec.get("egress") else ())})


def closed(cluster: Cluster, namespace: str, labels: Mapping[str, str]) -> frozenset[str]:
    """Return the directions in which pods with these labels are closed but for what some policy opens."""
    chosen = (
        types(policy)
        for policy in cluster.objects("NetworkPolicy")
        if policy["metadata"]["namespace"] == namespace and _selects(policy["spec"].get("podSelector") or {}, labels)
    )
    return frozenset().union(*chosen)


def whole(cluster: Cluster, namespace: str) -> frozenset[str]:
    """Return the directions in which every pod of a namespace is closed, one that is yet to come too."""
    chosen = (
        types(policy)
        for policy in cluster.objects("NetworkPolicy")
        if policy["metadata"]["namespace"] == namespace and not any((policy["spec"].get("podSelector") or {}).values())
    )
    return frozenset().union(*chosen)


def _selects(selector: Mapping[str, Object], labels: Mapping[str, str]) -> bool:
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(one, labels) for one in selector.get("matchExpressions") or ())  # type: ignore[arg-type]


def _holds(one: Object, labels: Mapping[str, str]) -> bool:
    there, value = one["key"] in labels, labels.get(one["key"])
    return {
        "Exists": there,
        "DoesNotExist": not there,
        "In": value in (one.get("values") or ()),
        "NotIn": value not in (one.get("values") or ()),
    }[one["operator"]]
