"""Who may do what, by roles and bindings (rbac.authorization.k8s.io/v1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.audit.evidence import Cluster, Object

SYSTEM_NAMESPACE = "kube-system"
EVERYBODY = frozenset(
    {"system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts", "system:nodes"}
)
"""Built-in names that stand for more than one part of Kubernetes."""
_DEFAULTS = ("kubernetes.io/bootstrapping", "rbac-defaults")
ADMINISTRATORS = frozenset({"system:masters", "kubeadm:cluster-admins"})
COMPONENTS = frozenset({"kube-apiserver-kubelet-client", "kubernetes-admin", "kubernetes-super-admin"})
"""Users that kubeadm makes for the API server and for its administrator, by certificate."""


@dataclass(frozen=True)
class Binding:
    """A role given to one subject; `namespace` is None where it holds everywhere, `builtin` where Kubernetes made it.

    An account's `subject` is `system:serviceaccount:<namespace>:<name>`.
    """

    name: str
    namespace: str | None
    kind: str
    subject: str
    role: str
    rules: tuple[Mapping[str, Any], ...]
    builtin: bool

    @property
    def system(self) -> bool:
        """Whether it is for Kubernetes itself: its administrators, its own parts, and accounts in kube-system."""
        own = self.subject.startswith(f"system:serviceaccount:{SYSTEM_NAMESPACE}:")
        part = self.subject.startswith("system:") and self.kind != "ServiceAccount"
        return self.subject in ADMINISTRATORS | COMPONENTS or own or (part and not self._everybody)

    @property
    def _everybody(self) -> bool:
        return self.subject in EVERYBODY or self.subject.startswith("system:serviceaccounts:")

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Tell whether it lets its subject do `verb` to every `resource` (with its subresource) of an API group."""
        return any(_allows(rule, verb, group, resource) for rule in self.rules if not rule.get("resourceNames"))

    def __str__(self) -> str:
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.subject} by {self.name} ({self.role}){place}"


def bindings(cluster: Cluster) -> Iterator[Binding]:
    """Yield every role that is given to somebody, everywhere or in a namespace."""
    roles = {(None, one["metadata"]["name"]): one for one in cluster.objects("ClusterRole")}
    roles |= {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in cluster.objects("Role")}
    for one in (*cluster.objects("ClusterRoleBinding"), *cluster.objects("RoleBinding")):
        ref, meta = one["roleRef"], one["metadata"]
        role = roles.get((None if ref["kind"] == "ClusterRole" else meta["namespace"], ref["name"]), {})
        for subject in one.get("subjects") or ():
            yield Binding(
                meta["name"],
                meta.get("namespace"),
                subject["kind"],
                _name(subject, meta.get("namespace")),
                ref["name"],
                tuple(role.get("rules") or ()),
                builtin(one),
            )


def given(cluster: Cluster, verbs: tuple[str, ...], group: str, resource: str) -> list[Binding]:
    """Return who, beside Kubernetes itself, may do any of `verbs` to every `resource`, in all of a place."""
    return [
        one for one in bindings(cluster) if not one.system and any(one.allows(verb, group, resource) for verb in verbs)
    ]


def builtin(obj: Object) -> bool:
    """Tell whether Kubernetes itself makes this role or binding (and makes it anew at every start)."""
    key, value = _DEFAULTS
    return bool(obj["metadata"].get("labels", {}).get(key) == value)


def _name(subject: Mapping[str, Any], namespace: str | None) -> str:
    if subject["kind"] != "ServiceAccount":
        return str(subject["name"])
    return f"system:serviceaccount:{subject.get('namespace', namespace)}:{subject['name']}"


def _allows(rule: Mapping[str, Any], verb: str, group: str, resource: str) -> bool:
    part = resource.partition("/")[2]
    ways = {resource, "*", *({f"*/{part}"} if part else ())}
    return (
        bool({verb, "*"} & set(rule.get("verbs") or ()))
        and bool({group, "*"} & set(rule.get("apiGroups") or ()))
        and bool(ways & set(rule.get("resources") or ()))
    )
