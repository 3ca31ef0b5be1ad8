"""What runs in the cluster, as it was declared: every pod template, and the pods that nothing else declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.audit.evidence import Cluster, Object

SYSTEM = frozenset({"kube-system", "mecctl-node", "mecctl-names"})
"""Namespaces of what makes a machine a node: it needs the machine, so no policy for tenants' pods fits it."""
_TEMPLATED = ("Deployment", "DaemonSet", "StatefulSet", "Job")


@dataclass(frozen=True)
class Workload:
    """Something that runs: `spec` is its pods' (v1 PodSpec), `labels` are its pods'."""

    kind: str
    namespace: str
    name: str
    spec: Object
    labels: Object

    @property
    def account(self) -> str:
        """The name of its service account."""
        return str(self.spec.get("serviceAccountName") or "default")

    @property
    def context(self) -> Object:
        """The security context of its pods."""
        return self.spec.get("securityContext") or {}

    @property
    def containers(self) -> list[Object]:
        """Its containers of every sort."""
        kinds = ("containers", "initContainers", "ephemeralContainers")
        return [one for kind in kinds for one in self.spec.get(kind) or ()]

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


def workloads(cluster: Cluster) -> list[Workload]:
    """Return everything that runs."""
    return list(_workloads(cluster))


def tenants(cluster: Cluster) -> list[Workload]:
    """Return everything that runs outside of the system's namespaces."""
    return [one for one in _workloads(cluster) if one.namespace not in SYSTEM]


def _workloads(cluster: Cluster) -> Iterator[Workload]:
    for kind in _TEMPLATED:
        for one in cluster.objects(kind):
            if kind != "Job" or not one["metadata"].get("ownerReferences"):
                yield _workload(kind, one, one["spec"]["template"])
    for one in cluster.objects("CronJob"):
        yield _workload("CronJob", one, one["spec"]["jobTemplate"]["spec"]["template"])
    for one in cluster.objects("Pod"):
        owners = {owner["kind"] for owner in one["metadata"].get("ownerReferences") or ()}
        if owners <= {"Node"}:  # a static pod is declared on its node
            yield _workload("Pod", one, one)


def _workload(kind: str, obj: Object, template: Object) -> Workload:
    meta, labels = obj["metadata"], (template.get("metadata") or {}).get("labels") or {}
    return Workload(kind, meta["namespace"], meta["name"], template["spec"], labels)


def security(container: Object) -> Object:
    """Return a container's own security context."""
    return container.get("securityContext") or {}


def setting(workload: Workload, container: Object, key: str) -> Any:  # noqa: ANN401 - JSON
    """Return a setting of a container's security context, or the pod's where it has none."""
    own = security(container).get(key)
    return workload.context.get(key) if own is None else own


def mounts_token(cluster: Cluster, workload: Workload) -> bool:
    """Tell whether the pods get a token of their account (the pod says, else the account, else they do)."""
    own = workload.spec.get("automountServiceAccountToken")
    if own is not None or workload.kind == "Pod":
        return bool(own) or "serviceAccountToken" in str(workload.spec.get("volumes"))
    for account in cluster.objects("ServiceAccount"):
        if (account["metadata"]["namespace"], account["metadata"]["name"]) == (workload.namespace, workload.account):
            return account.get("automountServiceAccountToken") is not False
    return True
