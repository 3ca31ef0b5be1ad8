"""What the NSA/CISA guide asks of the control plane, of kubelets, and of who may do what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mecctl.audit.admission import default_level
from mecctl.audit.checks import flag, is_set, kubelet
from mecctl.audit.cis.apiserver import encrypted
from mecctl.audit.control import Finding, held, in_cluster, on_nodes, on_servers
from mecctl.audit.ports import listeners
from mecctl.audit.rbac import bindings, given

if TYPE_CHECKING:
    from mecctl.audit.evidence import Cluster, Machine

_INSECURE = "8080"
_INGRESS_NGINX = ("k8s.io/ingress-nginx", "ingress-nginx")
_MENDED = (1, 22, 2)
"""The first release in which a subPath can't lead out of its volume (CVE-2021-25741); older lines had it later on."""
_EXEC = ("create", "get")


def _exec(cluster: Cluster) -> Finding:
    """Hold where nobody may enter the pods of all namespaces; who may in one namespace is told."""
    found = given(cluster, _EXEC, "", "pods/exec")
    everywhere = [str(one) for one in found if one.namespace is None]
    told = "; ".join(everywhere[:6]) or "; ".join(str(one) for one in found[:6]) or "nobody but administrators"
    return held(not everywhere, "bindings: pods/exec", told, "nobody all over the cluster")


def _insecure_port(machine: Machine) -> Finding:
    running = machine.component("kube-apiserver")
    asked = running.flags.get("insecure-port", "0") if running else "unknown"
    opened = [one for one in listeners(machine) if one.port == _INSECURE and one.process == "kube-apiserver"]
    told = f"--insecure-port is {asked}; {len(opened)} listeners on {_INSECURE}"
    source = f"{running.source if running else machine.name}, ss -lnt"
    return held(asked == "0" and not opened, source, told, "no port without TLS")


def _administrators(cluster: Cluster) -> Finding:
    found = [
        one
        for one in bindings(cluster)
        if not one.system
        and any("*" in rule.get("verbs", ()) and "*" in rule.get("resources", ()) for rule in one.rules)
    ]
    told = "; ".join(str(one) for one in found[:6]) or "administrators of the cluster only"
    return held(not found, "bindings of roles that allow everything", told, "nobody else")


def _subpaths(machine: Machine) -> Finding:
    numbers = tuple(int(number) for number in re.findall(r"\d+", machine.version)[:3])
    found = machine.version or "unknown"
    return held(numbers >= _MENDED, f"Node {machine.name}: kubeletVersion", found, "v1.22.2 or later")


def _no_ingress_nginx(cluster: Cluster) -> Finding:
    classes = [
        one["metadata"]["name"]
        for one in cluster.objects("IngressClass")
        if (one.get("spec") or {}).get("controller", "").startswith(_INGRESS_NGINX)
    ]
    images = [
        f"{kind} {one['metadata']['namespace']}/{one['metadata']['name']}"
        for kind in ("Deployment", "DaemonSet")
        for one in cluster.objects(kind)
        if "ingress-nginx" in str(one["spec"]["template"]["spec"].get("containers"))
    ]
    told = ", ".join(classes + images) or "none"
    return held(not classes + images, "IngressClasses, Deployments, DaemonSets", told, "no ingress-nginx: it has ended")


def _admission(cluster: Cluster) -> Finding:
    """Pod Security policies ended with Kubernetes 1.25; Pod Security admission is what took their place."""
    found = default_level(cluster)
    source = "API servers' admission configuration: PodSecurity"
    return held(
        found != "privileged", source, f"enforces {found} for namespaces that say nothing", "baseline or stricter"
    )


CONTROLS = (
    in_cluster("C-0002", "Nobody enters everybody's containers", _exec, "operator"),
    on_servers("C-0005", "The API server has no port without TLS", _insecure_port),
    in_cluster("C-0035", "Only administrators may do everything", _administrators, "operator"),
    on_nodes("C-0058", "A volume's subPath can't lead out of it", _subpaths),
    in_cluster("C-0059", "ingress-nginx takes no snippets", _no_ingress_nginx, "operator"),
    on_servers("C-0066", "Secrets are encrypted at rest", encrypted),
    on_servers(
        "C-0067", "The API server keeps an audit log", flag("kube-apiserver", "audit-log-path", is_set, "a file")
    ),
    in_cluster("C-0068", "Something decides which pods are admitted", _admission),
    on_nodes(
        "C-0069",
        "Nobody without a name gets to the kubelet",
        kubelet("authentication.anonymous.enabled", lambda value: value is False, "false"),
    ),
    on_nodes(
        "C-0070",
        "The kubelet checks its clients' certificates",
        kubelet("authentication.x509.clientCAFile", bool, "a file"),
    ),
    in_cluster("C-0292", "No ingress-nginx runs, which nobody mends any more", _no_ingress_nginx, "operator"),
)
