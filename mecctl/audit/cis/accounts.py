"""CIS 3: how people log in, and what is written down of what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.auditpolicy import LEVELS, Request, level
from mecctl.audit.checks import flag, is_set
from mecctl.audit.control import Finding, failed, held, in_cluster, on_servers
from mecctl.audit.rbac import bindings

if TYPE_CHECKING:
    from mecctl.audit.evidence import Cluster, Machine

_BOOTSTRAP_ROLES = frozenset(
    {"system:node-bootstrapper", "system:certificates.k8s.io:certificatesigningrequests:nodeclient"}
    | {"system:bootstrap-signer", "kubeadm:get-nodes", "kubeadm:kubelet-config", "kubeadm:nodes-kubeadm-config"}
    | {"kube-proxy", "kubeadm:bootstrap-signer-clusterinfo"}
)
_CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client"

# Reading and writing what holds secrets is told without the content; what gets somebody into a pod is told at all.
SECRETS = tuple(
    Request(verb, group, resource)
    for verb in ("get", "list", "create", "update")
    for group, resource in (("", "secrets"), ("", "configmaps"), ("authentication.k8s.io", "tokenreviews"))
)
CHANGES = (
    *(Request(verb, "", "pods") for verb in ("create", "update", "delete")),
    *(Request(verb, "apps", "deployments") for verb in ("create", "update", "patch", "delete")),
    *(Request("create", "", f"pods/{way}") for way in ("exec", "portforward", "proxy")),
    Request("create", "", "services/proxy"),
)


def _users(cluster: Cluster) -> Finding:
    """Hold where no role is given to a person whom only a certificate could identify."""
    people = sorted(
        {one.subject for one in bindings(cluster) if one.kind == "User" and not one.system and ":" not in one.subject}
    )
    asked = sorted(
        request["metadata"]["name"]
        for request in cluster.objects("CertificateSigningRequest")
        if request["spec"].get("signerName") == _CLIENT_SIGNER
        and not request["spec"].get("username", "").startswith("system:")
    )
    other_ways = any(_other_way(machine) for machine in cluster.servers)
    found = f"users with roles: {', '.join(people) or 'none'}; certificates asked for: {', '.join(asked) or 'none'}"
    ok = not asked and (not people or other_ways)
    return held(ok, "RoleBindings, ClusterRoleBindings, CertificateSigningRequests", found, "people log in another way")


def _other_way(machine: Machine) -> bool:
    """Tell whether the API server knows another way than certificates: OpenID Connect, or a webhook."""
    running = machine.component("kube-apiserver")
    if running is None:
        return False
    path = running.flags.get("authentication-config")
    issuers = (machine.document(path) or {}).get("jwt")
    return bool(issuers or {"oidc-issuer-url", "authentication-token-webhook-config-file"} & running.flags.keys())


def _account_tokens(cluster: Cluster) -> Finding:
    found = cluster.seen["tokens"]["account"]
    source = "Secrets of type kubernetes.io/service-account-token"
    return held(not found, source, ", ".join(found) or "none", "tokens that end, by TokenRequest")


def _bootstrap_tokens(cluster: Cluster) -> Finding:
    given = sorted({one.role for one in bindings(cluster) if one.subject.startswith("system:bootstrappers")})
    more = [role for role in given if role not in _BOOTSTRAP_ROLES]
    source = "bindings of the groups system:bootstrappers"
    return held(not more, source, ", ".join(more or given) or "none", "only what a machine needs to join")


def _covers(machine: Machine) -> Finding:
    running = machine.component("kube-apiserver")
    path = running.flags.get("audit-policy-file") if running else None
    policy = machine.document(path)
    if policy is None:
        return failed(f"{machine.name}: --audit-policy-file", "there is no policy", "wanted: an audit policy")
    told = {request: level(policy, request) for request in (*SECRETS, *CHANGES)}
    bad = [one for one in SECRETS if told[one] != "Metadata"]
    bad += [one for one in CHANGES if LEVELS.index(told[one]) < 1]
    seen = ", ".join(f"{one.verb} {one.resource} at {told[one]}" for one in bad[:5]) or "all of them are"
    wanted = "secrets, configmaps and tokenreviews at Metadata; changes, exec, port-forward and proxy at least there"
    return held(not bad, str(path), seen, wanted)


CONTROLS = (
    in_cluster("3.1.1", "People don't log in by certificate", _users, "operator"),
    in_cluster("3.1.2", "People don't log in by lasting account tokens", _account_tokens, "operator"),
    in_cluster("3.1.3", "Bootstrap tokens only let machines join", _bootstrap_tokens, "operator"),
    on_servers("3.2.1", "There is an audit policy", flag("kube-apiserver", "audit-policy-file", is_set, "a file")),
    on_servers("3.2.2", "The audit policy has what matters, and no secrets", _covers),
)
