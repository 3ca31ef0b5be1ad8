"""Names and labels that several components agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.model import Qos, Slice, Workload

MANAGED = {"app.kubernetes.io/managed-by": "mecctl"}

# Of a slice's namespace: the slice's name, and the only PriorityClass that its pods may have.
SLICE, PRIORITY_CLASS = "mec.io/slice", "mec.io/priority-class"

# Set by the API server on every namespace and not editable, unlike any label of ours, so policies select by it.
NAMESPACE_NAME = "kubernetes.io/metadata.name"

# Of Services for clients outside, and so of their EndpointSlices, which is how the name servers find them.
OUTSIDE = "mec.io/outside"

# Both kubeadm's manifest and K3s's bundled CoreDNS carry it.
DNS_NAMESPACE, DNS_PODS = "kube-system", {"k8s-app": "kube-dns"}


def pod_security(level: str) -> dict[str, str]:
    """Return the labels of a namespace that takes pods of a level of the Pod Security Standards.

    kubernetes.io/docs/concepts/security/pod-security-standards
    """
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}


RESTRICTED = pod_security("restricted")


def slice_labels(part: Slice) -> dict[str, str]:
    """Return `mec.io/slice` (its name), `mec.io/sst` and, where it has them, `mec.io/sd` in hex and its class."""
    sd = {"mec.io/sd": part.snssai.sd} if part.snssai.sd else {}
    own_class = {PRIORITY_CLASS: priority_class(part.qos)} if part.qos else {}
    return {SLICE: part.name, "mec.io/sst": str(part.snssai.sst), **sd, **own_class}


def workload_selector(name: str) -> dict[str, str]:
    """Return the labels that pick a workload's pods inside its namespace."""
    return {"app.kubernetes.io/name": name}


def front_selector(workload: Workload) -> dict[str, str]:
    """Return the labels that pick the pods that take a workload's connections: its gate's if it has one."""
    return workload_selector(f"{workload.name}-gate" if workload.gated else workload.name)


def workload_labels(workload: Workload) -> dict[str, str]:
    """Return all labels of a workload's objects."""
    return {**MANAGED, **workload_selector(workload.name), SLICE: workload.slice}


def priority_class(qos: Qos) -> str:
    """Return the name of the PriorityClass that stands for a 5QI; slices of one 5QI share it."""
    return f"mec-5qi-{qos.five_qi}"
