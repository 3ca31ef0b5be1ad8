"""CIS 5.1: who may do what. What Kubernetes gives to its own parts is told and doesn't count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.audit.control import Control, Finding, excluded, held, in_cluster
from mecctl.audit.pods import mounts_token, workloads
from mecctl.audit.rbac import ADMINISTRATORS, bindings, builtin, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mecctl.audit.evidence import Cluster

SOURCE = "ClusterRoleBindings and RoleBindings"
Right = tuple[tuple[str, ...], str, str]
"""Verbs, API group, resource."""

_RBAC = "rbac.authorization.k8s.io"
_HOOKS = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
_SERVING = "kubernetes.io/kubelet-serving"
_READ, _WRITE = ("get", "list", "watch"), ("create", "update", "patch", "delete")


def _told(found: Iterable[object], none: str = "nobody but Kubernetes itself") -> str:
    names = sorted({str(one) for one in found})
    return "; ".join(names[:6]) + (f"; and {len(names) - 6} more" if len(names) > 6 else "") if names else none


def _reserved(*rights: Right) -> Callable[[Cluster], Finding]:
    """Return a check that none of these rights is given all over the cluster beside Kubernetes itself."""

    def check(cluster: Cluster) -> Finding:
        found = [one for right in rights for one in given(cluster, *right) if one.namespace is None]
        what = ", ".join(f"{'/'.join(verbs)} {resource}" for verbs, _, resource in rights)
        return held(not found, f"{SOURCE}: {what}", _told(found), "nobody all over the cluster")

    return check


def _administrators(cluster: Cluster) -> Finding:
    found = [one for one in bindings(cluster) if one.role == "cluster-admin" and one.subject not in ADMINISTRATORS]
    more = [one for one in found if not one.system]
    return held(not more, f"{SOURCE}: cluster-admin", _told(more or found), "administrators only")


def _wildcards(cluster: Cluster) -> Finding:
    """Hold where no role but those of Kubernetes' own making has a `*` for resources or verbs."""
    found = [
        f"{role['kind']} {role['metadata'].get('namespace', '')}/{role['metadata']['name']}".replace(" /", " ")
        for role in (*cluster.objects("ClusterRole"), *cluster.objects("Role"))
        if not builtin(role) and any(_wild(rule) for rule in role.get("rules") or ())
    ]
    return held(not found, "ClusterRoles and Roles", _told(found, "none beside Kubernetes' own"), "resources by name")


def _wild(rule: dict[str, Any]) -> bool:
    if rule.get("nonResourceURLs") and not rule.get("resources"):
        return False
    return "*" in (rule.get("resources") or ()) or "*" in (rule.get("verbs") or ())


def _default_accounts(cluster: Cluster) -> Finding:
    accounts = [one for one in cluster.objects("ServiceAccount") if one["metadata"]["name"] == "default"]
    opened = [one["metadata"]["namespace"] for one in accounts if one.get("automountServiceAccountToken") is not False]
    found = [f"{namespace}/default gives its token away" for namespace in opened]
    found += [
        f"{one} is a default account"
        for one in bindings(cluster)
        if one.kind == "ServiceAccount" and one.subject.endswith(":default")
    ]
    source = "ServiceAccounts called default: automountServiceAccountToken"
    return held(not found, source, _told(found, f"all {len(accounts)} are closed"), "false everywhere, and no roles")


def _tokens(cluster: Cluster) -> Finding:
    """Hold where a pod only has a token if its account has a role: a token without one is of no use but to a thief."""
    useful = {one.subject for one in bindings(cluster)}
    mounting = [one for one in workloads(cluster) if mounts_token(cluster, one)]
    idle = [one for one in mounting if f"system:serviceaccount:{one.namespace}:{one.account}" not in useful]
    return held(not idle, "pods: automountServiceAccountToken", _told(idle or mounting, "none has one"), "where needed")


def _masters(cluster: Cluster) -> Finding:
    """Hold where nothing is in the group that no role binds: only kubeadm's sealed key for emergencies."""
    if any(machine.k3s for machine in cluster.machines):
        reason = "K3s issues its administrator's kubeconfig in system:masters and has no other"
        return excluded("certificates of kubeconfigs", "K3s runs", reason)
    found = [one for one in bindings(cluster) if one.subject == "system:masters" and not one.builtin]
    held_by = [
        f"{machine.name}: {path}"
        for machine in cluster.machines
        for path, one in machine.seen["certificates"].items()
        if "system:masters" in one["groups"] and not path.endswith("/super-admin.conf")
    ]
    told = _told([*found, *held_by], "only super-admin.conf, which root alone can read")
    return held(not found and not held_by, "bindings and certificates with system:masters", told, "nobody")


def _approvers(cluster: Cluster) -> Finding:
    """Hold where nobody may approve for any signer but that of kubelets' server certificates.

    Who may write the sub-resource approval can approve only for the signers that another rule of theirs names
    (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#approval-rejection).
    """
    found = [one for one in bindings(cluster) if not one.system and any(map(_approves, one.rules))]
    return held(not found, f"{SOURCE}: approve signers", _told(found), f"{_SERVING} only")


def _approves(rule: Mapping[str, Any]) -> bool:
    signers = bool({"signers", "*"} & set(rule.get("resources") or ()))
    verbs = bool({"approve", "*"} & set(rule.get("verbs") or ()))
    return signers and verbs and set(rule.get("resourceNames") or ("every signer",)) != {_SERVING}


def _control(number: int, title: str, *rights: Right) -> Control:
    return in_cluster(f"5.1.{number}", title, _reserved(*rights), "operator")


CONTROLS = (
    in_cluster("5.1.1", "Only administrators may do everything", _administrators, "operator"),
    _control(2, "Nobody may read all secrets", (_READ, "", "secrets")),
    in_cluster("5.1.3", "Roles say what they are about", _wildcards, "operator"),
    _control(4, "Nobody may make pods everywhere", (("create",), "", "pods")),
    in_cluster("5.1.5", "Default accounts have nothing to give", _default_accounts),
    in_cluster("5.1.6", "Pods have a token only where they use it", _tokens, "tenant"),
    in_cluster("5.1.7", "Nobody goes past the roles", _masters, "operator"),
    _control(
        8,
        "Nobody may give more than they have",
        (("bind", "escalate"), _RBAC, "clusterroles"),
        (("bind", "escalate"), _RBAC, "roles"),
        (("impersonate",), "", "users"),
        (("impersonate",), "", "groups"),
        (("impersonate",), "", "serviceaccounts"),
    ),
    _control(9, "Nobody may make volumes of the machines' folders", (("create",), "", "persistentvolumes")),
    _control(10, "Nobody gets to kubelets through the API server", ((*_READ, "create"), "", "nodes/proxy")),
    in_cluster("5.1.11", "Nobody may approve certificates that let somebody in", _approvers, "operator"),
    _control(
        12,
        "Nobody may have a say in what is admitted",
        *((_WRITE, "admissionregistration.k8s.io", hook) for hook in _HOOKS),
    ),
    _control(13, "Nobody may make tokens of others' accounts", (("create",), "", "serviceaccounts/token")),
)
