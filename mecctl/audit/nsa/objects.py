"""What the NSA/CISA guide asks of everything that runs, outside of the system's own namespaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mecctl.audit import podsecurity as asks
from mecctl.audit.control import Control, Finding, held, in_cluster
from mecctl.audit.netpolicy import BOTH, closed
from mecctl.audit.pods import SYSTEM, mounts_token, tenants, workloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mecctl.audit.evidence import Cluster, Object
    from mecctl.audit.pods import Workload

_CREDENTIAL = re.compile(r"passw(or)?d|secret|token|api[-_]?key|private[-_]?key|credential", re.IGNORECASE)
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def _told(bad: list[str], all_: int) -> str:
    left = f"; and {len(bad) - 6} more" if len(bad) > 6 else ""
    return "; ".join(bad[:6]) + left if bad else f"all {all_} workloads outside of {', '.join(sorted(SYSTEM))}"


def _no(question: Callable[[Workload, Object], bool], wanted: str) -> Callable[[Cluster], Finding]:
    def check(cluster: Cluster) -> Finding:
        running = tenants(cluster)
        bad = [f"{one} ({part['name']})" for one in running for part in one.containers if question(one, part)]
        return held(not bad, "pods and pod templates", _told(bad, len(running)), wanted)

    return check


def _limited(resource: str) -> Callable[[Cluster], Finding]:
    """Return a check that every container has a limit, of its own or by its namespace's LimitRange."""

    def check(cluster: Cluster) -> Finding:
        given = {
            one["metadata"]["namespace"]
            for one in cluster.objects("LimitRange")
            if any(resource in (item.get("default") or {}) for item in one["spec"]["limits"])
        }
        running = tenants(cluster)
        bad = [
            f"{one} ({part['name']})"
            for one in running
            for part in one.containers
            if one.namespace not in given and resource not in ((part.get("resources") or {}).get("limits") or {})
        ]
        return held(
            not bad, "pods, pod templates, LimitRanges", _told(bad, len(running)), f"resources.limits.{resource}"
        )

    return check


def _credentials(cluster: Cluster) -> Finding:
    """Look for names that tell of credentials, with their values in the open, in variables and ConfigMaps."""
    bad = [
        f"{one} ({part['name']}): variable {variable['name']}"
        for one in workloads(cluster)
        for part in one.containers
        for variable in part.get("env") or ()
        if variable.get("value") and _CREDENTIAL.search(variable["name"]) and not variable["value"].startswith("/")
    ]
    bad += [
        f"ConfigMap {one['metadata']['namespace']}/{one['metadata']['name']}: {key}"
        for one in cluster.objects("ConfigMap")
        for key, value in (one.get("data") or {}).items()
        if (_CREDENTIAL.search(key) and value and not value.startswith("/")) or _KEY.search(value)
    ]
    source = "variables of containers, ConfigMaps"
    return held(not bad, source, "; ".join(bad[:6]) or "no credentials", "credentials in Secrets only")


def _walled(cluster: Cluster) -> Finding:
    running = [one for one in tenants(cluster) if not one.spec.get("hostNetwork")]
    bad = [str(one) for one in running if closed(cluster, one.namespace, one.labels) != BOTH]
    return held(not bad, "NetworkPolicies by pod", _told(bad, len(running)), "Ingress and Egress closed for every pod")


def _own_walls(cluster: Cluster) -> Finding:
    with_any = {policy["metadata"]["namespace"] for policy in cluster.objects("NetworkPolicy")}
    bad = [name for name in cluster.namespaces if name not in with_any]
    told = f"without: {', '.join(bad)}" if bad else f"all {len(cluster.namespaces)} namespaces"
    return held(not bad, "NetworkPolicies by namespace", told, "a NetworkPolicy in each namespace")


def _tokens(cluster: Cluster) -> Finding:
    """Hold where no pod gets a token without saying so; which ones use theirs is CIS 5.1.6's."""
    bad = list(_unasked(cluster))
    return held(
        not bad, "pods and their accounts: automountServiceAccountToken", _told(bad, len(tenants(cluster))), "no"
    )


def _unasked(cluster: Cluster) -> Iterator[str]:
    for one in tenants(cluster):
        if one.spec.get("automountServiceAccountToken") is None and mounts_token(cluster, one):
            yield str(one)


def _control(id_: str, title: str, check: Callable[[Cluster], Finding]) -> Control:
    return in_cluster(id_, title, check, "tenant")


CONTROLS = (
    in_cluster("C-0012", "Credentials aren't written into configuration", _credentials, "tenant"),
    _control("C-0013", "Containers don't run as root", _no(asks.as_root, "a user other than root")),
    _control("C-0016", "Programs don't get more rights than they start with", _no(asks.escalates, "no escalation")),
    _control(
        "C-0017", "Containers don't change their own files", _no(asks.writes_own_system, "a read-only file system")
    ),
    _control("C-0030", "Every pod is closed both ways but for what is opened", _walled),
    _control("C-0034", "A pod with a token says so", _tokens),
    _control(
        "C-0038",
        "Pods don't share the machine's processes or memory",
        _no(lambda w, _: bool(w.spec.get("hostPID") or w.spec.get("hostIPC")), "namespaces of their own"),
    ),
    _control(
        "C-0041", "Pods aren't in the machine's network", _no(asks.of_pod("hostNetwork"), "a network of their own")
    ),
    _control("C-0044", "Pods don't take ports of the machine", _no(asks.host_port, "no hostPort")),
    _control("C-0046", "Containers have no right that leads out", _no(asks.dangerous_capabilities, "none added")),
    in_cluster("C-0054", "Namespaces are walled off from each other", _own_walls),
    _control(
        "C-0055",
        "Containers are held back by seccomp, and by capabilities",
        _no(lambda w, c: asks.unconfined(w, c) or asks.keeps_capabilities(w, c), "a seccomp profile, no capabilities"),
    ),
    _control("C-0057", "Containers don't have all of the machine", _no(asks.privileged, "not privileged")),
    _control("C-0270", "Containers have a limit of processor", _limited("cpu")),
    _control("C-0271", "Containers have a limit of memory", _limited("memory")),
)
