"""CIS 5.3 to 5.6: the pod network, secrets, where images come from, and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit import podsecurity as asks
from mecctl.audit.checks import has
from mecctl.audit.cis.apiserver import encrypted
from mecctl.audit.control import Finding, Result, excluded, failed, held, in_cluster, passed
from mecctl.audit.images import pulled
from mecctl.audit.netpolicy import BOTH, whole
from mecctl.audit.pods import SYSTEM, tenants

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Cluster, Object
    from mecctl.audit.pods import Workload

ENFORCERS = ("cilium", "calico-node", "antrea-agent", "kube-router")
"""DaemonSets of pod networks that hold NetworkPolicies; K3s has kube-router's part in its own process."""


def _enforced(cluster: Cluster) -> Finding:
    for one in cluster.objects("DaemonSet"):
        if one["metadata"]["name"] in ENFORCERS:
            status = one.get("status") or {}
            # Whether each is ready just now is no matter of what the network can do: policies stand in the kernel.
            here, wanted = status.get("currentNumberScheduled", 0), status.get("desiredNumberScheduled", 0)
            told = f"{one['metadata']['name']}: on {here} of {wanted} nodes, {status.get('numberReady', 0)} ready"
            return held(here == wanted > 0, "DaemonSets of the pod network", told, "on every node")
    if cluster.machines and all(machine.k3s for machine in cluster.machines):
        return passed("K3s's own network policy controller", "part of K3s's process, and not turned off by mecctl")
    return failed("DaemonSets of the pod network", "none that holds NetworkPolicies", f"known: {', '.join(ENFORCERS)}")


def _walls(cluster: Cluster) -> Finding:
    """Hold where every namespace closes both directions for every pod; kube-system where it has any policy at all."""
    with_any = {policy["metadata"]["namespace"] for policy in cluster.objects("NetworkPolicy")}
    bad = [
        name
        for name in cluster.namespaces
        if not (name in with_any if name in SYSTEM else whole(cluster, name) == BOTH)
    ]
    told = f"without: {', '.join(bad)}" if bad else f"all {len(cluster.namespaces)} namespaces have them"
    return held(not bad, "NetworkPolicies by namespace", told, "each namespace closed but for what policies open")


def _none(question: Callable[[Workload, Object], bool], wanted: str) -> Callable[[Cluster], Finding]:
    def check(cluster: Cluster) -> Finding:
        running = tenants(cluster)
        bad = sorted({str(one) for one in running for part in one.containers if question(one, part)})
        told = "; ".join(bad[:6]) if bad else f"all {len(running)} workloads outside of {', '.join(sorted(SYSTEM))}"
        return held(not bad, "pods and pod templates", told, wanted)

    return check


def _outside_store(cluster: Cluster) -> Finding:
    """A site that works on when it is cut off keeps its secrets itself: what counts is that they are encrypted."""
    found = [encrypted(machine) for machine in cluster.servers]
    bad = next((one for one in found if one.result is Result.failed), None)
    if bad or not found:
        return bad or failed("API servers", "none was seen", "wanted: a store of secrets, or encryption at rest")
    reason = "a site goes on when it is cut off, and so has its secrets on it, encrypted at rest"
    return excluded(found[0].source, found[0].found, reason)


def _provenance(cluster: Cluster) -> Finding:
    flags = [machine.flag("kube-apiserver", "enable-admission-plugins") for machine in cluster.servers]
    if flags and all(has("ImagePolicyWebhook")(one) for one in flags):
        return passed("API servers: --enable-admission-plugins", "ImagePolicyWebhook")
    policies = [one["metadata"]["name"] for one in cluster.objects("ValidatingAdmissionPolicy") if ".image" in str(one)]
    denying = {
        one["spec"]["policyName"]
        for one in cluster.objects("ValidatingAdmissionPolicyBinding")
        if "Deny" in (one["spec"].get("validationActions") or ())
    }
    if ours := [one for one in policies if one in denying]:
        return passed("ValidatingAdmissionPolicies about images", ", ".join(ours))
    containers, foreign = pulled(cluster)
    if foreign or not containers:
        told = f"pulled: {', '.join(foreign[:5]) or 'unknown'}; no policy has a say"
        return failed("pods: imageID", told, "wanted: an admission policy about images")
    reason = "every image was put on the nodes beforehand, pinned by sha256 in the artifact lock and checked there"
    return excluded("pods: imageID", f"none of {containers} containers' images was pulled from a registry", reason)


def _boundaries(cluster: Cluster) -> Finding:
    own = [name for name in cluster.namespaces if name not in {*SYSTEM, "default", "kube-public", "kube-node-lease"}]
    lost = sorted({str(one) for one in tenants(cluster) if one.namespace not in own})
    told = "; ".join(lost[:6]) if lost else f"all workloads are in {', '.join(own) or 'no namespace: there are none'}"
    return held(not lost, "namespaces of workloads", told, "namespaces of their own")


def _default_empty(cluster: Cluster) -> Finding:
    kinds = ("Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob", "Pod", "Service", "ConfigMap")
    found = [
        f"{kind} {one['metadata']['name']}"
        for kind in kinds
        for one in cluster.objects(kind)
        if one["metadata"]["namespace"] == "default"
        and (kind, one["metadata"]["name"]) not in {("Service", "kubernetes"), ("ConfigMap", "kube-root-ca.crt")}
    ]
    return held(
        not found, "objects of the namespace default", "; ".join(found[:6]) or "Kubernetes' own only", "nothing"
    )


CONTROLS = (
    in_cluster("5.3.1", "The pod network holds NetworkPolicies", _enforced),
    in_cluster("5.3.2", "Every namespace has NetworkPolicies", _walls),
    in_cluster("5.4.1", "Secrets aren't environment variables", _none(asks.secret_variable, "files"), "tenant"),
    in_cluster("5.4.2", "Secrets are kept safe where they lie", _outside_store, "operator"),
    in_cluster("5.5.1", "Only known images run", _provenance, "operator"),
    in_cluster("5.6.1", "What doesn't belong together is in namespaces of its own", _boundaries, "operator"),
    in_cluster(
        "5.6.2",
        "Pods have a seccomp profile",
        _none(asks.unconfined, "RuntimeDefault or a profile of its own"),
        "tenant",
    ),
    in_cluster("5.6.3", "Pods have a security context", _none(asks.unlimited, "as Pod Security restricted"), "tenant"),
    in_cluster("5.6.4", "The default namespace is empty", _default_empty, "tenant"),
)
