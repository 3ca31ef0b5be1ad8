"""What a slice's people try: the guide's table as data, and what each of its walls must refuse even an admin."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.engine.kube import KubeClient, KubeError
from mecctl.model import TENANT_ROLES, TenantRole

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]
Access = tuple[str, str, str]
"""API group, resource (with a subresource after a slash), verb."""

GUIDE = (Path(__file__).parents[2] / "docs/guide/tenants.md").read_text()
_VERBS = {
    "read": ("get", "list", "watch"),
    "write": ("create", "update", "patch", "delete", "deletecollection"),
    "-": (),
}
VERBS = (*_VERBS["read"], *_VERBS["write"], "impersonate", "escalate", "bind", "approve", "proxy")
# Beside what discovery shows, what it doesn't but authorizers are asked for.
HIDDEN = (("", "serviceaccounts/token"), ("", "pods/binding"), ("", "pods/proxy"), ("", "services/proxy"))


def promised() -> dict[TenantRole, set[Access]]:
    """Return what the guide's table says that each role may do."""
    found: dict[TenantRole, set[Access]] = {role: set() for role in TENANT_ROLES}
    table = GUIDE.partition("| resource | viewer | deployer | admin |\n")[2].partition("\n\n")[0]
    for row in table.splitlines()[1:]:
        names, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        for role, cell in zip(TENANT_ROLES, cells, strict=True):
            verbs = [verb for word in cell.split(", ") for verb in _VERBS.get(word, (word,))]
            found[role] |= {(*_resource(name), verb) for name in re.findall(r"`([^`]+)`", names) for verb in verbs}
    return found


def _resource(name: str) -> tuple[str, str]:
    """Read a resource as kubectl writes it: deployments.apps/scale -> (apps, deployments/scale)."""
    whole, slash, sub = name.partition("/")
    plural, _, group = whole.partition(".")
    return group, f"{plural}{slash}{sub}"


def resources(client: KubeClient) -> set[tuple[str, str]]:
    """Return (group, resource) of all that the API serves, and of what it serves without saying so."""
    paths = ["/api/v1"]
    for group in client.request("GET", "/apis")["groups"]:
        paths += [f"/apis/{version['groupVersion']}" for version in group["versions"]]
    served = {path: client.request("GET", path)["resources"] for path in paths}
    groups = {path: path.split("/")[2] if path.startswith("/apis/") else "" for path in paths}
    return {(groups[path], one["name"]) for path, found in served.items() for one in found} | set(HIDDEN)


def allowed(client: KubeClient, namespace: str | None, asked: set[Access]) -> set[Access]:
    """Return what of `asked` the API server says that the client may do there, or on the whole cluster."""

    def ask(access: Access) -> bool:
        group, resource, verb = access
        name, _, sub = resource.partition("/")
        attributes = {"group": group, "resource": name, "subresource": sub, "verb": verb}
        if namespace:
            attributes["namespace"] = namespace
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        answer = client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=body)
        return bool(answer["status"]["allowed"])

    listed = sorted(asked)
    with ThreadPoolExecutor(8) as threads:
        return {access for access, may in zip(listed, threads.map(ask, listed), strict=True) if may}


def pod(name: str, namespace: str, **spec: Any) -> Object:
    """Return a pod that Pod Security `restricted` admits, if `spec` doesn't change that."""
    least = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "main", "image": "mecctl.io/web:1", "imagePullPolicy": "Never", "securityContext": least}
    safe = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"securityContext": safe, "automountServiceAccountToken": False, "containers": [container], **spec},
    }


@dataclass(frozen=True)
class Try:
    """A request that must be refused with a sentence in which `says` is."""

    name: str
    method: str
    path: str
    body: Object | None
    says: str
    headers: tuple[tuple[str, str], ...] = ()

    def refusal(self, client: KubeClient) -> str:
        """Send it and return how the API server refused it, empty where it did not."""
        try:
            client.request(self.method, self.path, body=self.body, headers=dict(self.headers))
        except KubeError as error:
            return f"{error.status} {error.message}"
        return ""


_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_MERGE = (("Content-Type", "application/merge-patch+json"),)


def tries(own: str, other: str, other_class: str) -> tuple[Try, ...]:
    """Return what an admin of the slice in namespace `own` must not get through with.

    `other` is another slice's namespace, with `other_class` as its priority class; both hold a Secret `treasure`.
    """
    here, there = f"/api/v1/namespaces/{own}", f"/api/v1/namespaces/{other}"
    network = f"/apis/networking.k8s.io/v1/namespaces/{own}/networkpolicies"
    return (
        Try("another slice's secret", "GET", f"{there}/secrets/treasure", None, "forbidden"),
        Try("another slice's pods", "GET", f"{there}/pods", None, "forbidden"),
        Try("a pod in another slice", "POST", f"{there}/pods", pod("intruder", other), "forbidden"),
        Try("all secrets", "GET", "/api/v1/secrets", None, "forbidden"),
        Try("the nodes", "GET", "/api/v1/nodes", None, "forbidden"),
        Try("the namespaces", "GET", "/api/v1/namespaces", None, "forbidden"),
        Try("to label the namespace", "PATCH", here, {"metadata": {"labels": {"x": "y"}}}, "forbidden", _MERGE),
        Try("to take the wall down", "DELETE", f"{network}/default-deny", None, "forbidden"),
        Try("a hole in the wall", "POST", network, _hole(own), "forbidden"),
        Try("more quota", "PATCH", f"{here}/resourcequotas/slice", {"spec": {"hard": {}}}, "forbidden", _MERGE),
        Try("other limits", "PATCH", f"{here}/limitranges/slice", {"spec": {"limits": []}}, "forbidden", _MERGE),
        *_rights(own, other),
        *_pods(here, own, other, other_class),
        *_services(here, own),
    )


def _hole(own: str) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "hole", "namespace": own},
        "spec": {"podSelector": {}, "ingress": [{}], "egress": [{}]},
    }


def _rights(own: str, other: str) -> Iterator[Try]:
    """Yield the ways to more rights."""
    api = "rbac.authorization.k8s.io/v1"
    me = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated"}]
    boss = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    rule = {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["delete"]}
    binding = {"apiVersion": api, "kind": "RoleBinding", "metadata": {"name": "more"}, "roleRef": boss, "subjects": me}
    role = {"apiVersion": api, "kind": "Role", "metadata": {"name": "more"}, "rules": [rule]}
    roles, bindings = f"{_RBAC}/namespaces/{own}/roles", f"{_RBAC}/namespaces/{own}/rolebindings"
    yield Try("the cluster's rights", "POST", bindings, binding, "attempting to grant RBAC permissions")
    yield Try("a role with more rights", "POST", roles, role, "attempting to grant RBAC permissions")
    yield Try(
        "a ClusterRoleBinding",
        "POST",
        f"{_RBAC}/clusterrolebindings",
        {**binding, "kind": "ClusterRoleBinding"},
        "forbidden",
    )
    token = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    for space in (own, other):
        path = f"/api/v1/namespaces/{space}/serviceaccounts/default/token"
        yield Try(f"a token of an account of {space}", "POST", path, token, "forbidden")
    forever = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "forever", "annotations": {"kubernetes.io/service-account.name": "default"}},
        "type": "kubernetes.io/service-account-token",
    }
    yield Try("a token without an end", "POST", f"/api/v1/namespaces/{own}/secrets", forever, "that never ends")
    path = f"/api/v1/namespaces/{own}/pods"
    yield Try("to be another", "GET", path, None, "cannot impersonate", (("Impersonate-User", "kubernetes-admin"),))


def _pods(here: str, own: str, other: str, other_class: str) -> Iterator[Try]:
    """Yield pods that are no slice's to make."""

    def refused(name: str, says: str, **spec: Any) -> Try:
        return Try(name, "POST", f"{here}/pods", pod("bad", own, **spec), says)

    (container,) = pod("bad", own)["spec"]["containers"]
    whole = {**container, "securityContext": {"privileged": True}}
    foreign = {"key": "mec.io/slice", "operator": "Equal", "value": other.removeprefix("slice-")}
    yield refused("a privileged pod", "violates PodSecurity", containers=[whole])
    yield refused("a node's files", "violates PodSecurity", volumes=[{"name": "root", "hostPath": {"path": "/"}}])
    yield refused("a node's network", "violates PodSecurity", hostNetwork=True)
    yield refused("a node's processes", "violates PodSecurity", hostPID=True)
    yield refused("another slice's nodes", "tolerates no taint but", tolerations=[foreign])
    yield refused(
        "any slice's nodes", "tolerates no taint", tolerations=[{"key": "mec.io/slice", "operator": "Exists"}]
    )
    yield refused("all nodes", "tolerates no taint", tolerations=[{"operator": "Exists"}])
    server = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}
    yield refused("the control plane's nodes", "tolerates no taint", tolerations=[server])
    yield refused("another slice's turn", "has the priority class", priorityClassName=other_class)
    yield refused("the first turn", "has the priority class", priorityClassName="system-node-critical")
    yield refused("a node of its choice", "nodeName stays empty", nodeName="edge-1")
    target = {"apiVersion": "v1", "kind": "Node", "name": "edge-1"}
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "bad"}, "target": target}
    yield Try("to be the scheduler", "POST", f"{here}/pods/bad/binding", binding, "forbidden")
    yield Try("the same in one more way", "POST", f"{here}/bindings", binding, "forbidden")


def _services(here: str, own: str) -> Iterator[Try]:
    """Yield doors past the slice's policies."""
    for name, says, spec in (
        ("a port on nodes", "of type ClusterIP", {"type": "NodePort"}),
        ("a load balancer", "of type ClusterIP", {"type": "LoadBalancer"}),
        ("an address of others", "xternal", {"externalIPs": ["192.0.2.1"]}),
    ):
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "door", "namespace": own}}
        yield Try(name, "POST", f"{here}/services", {**body, "spec": {"ports": [{"port": 80}], **spec}}, says)


def in_force(client: KubeClient, namespace: str) -> bool:
    """Whether the API server has taken up the policies; it does so within seconds of their making."""
    account = {"kubernetes.io/service-account.name": "default"}
    objects: dict[str, Object] = {
        "pods": pod("try", namespace, nodeName="nowhere"),
        "services": {"metadata": {}, "spec": {"ports": [{"port": 80}], "externalIPs": ["192.0.2.1"]}},
        "secrets": {"metadata": {"annotations": account}, "type": "kubernetes.io/service-account-token"},
    }
    for resource, body in objects.items():
        kind = resource.removesuffix("s").capitalize()
        whole = {**body, "apiVersion": "v1", "kind": kind, "metadata": {**body["metadata"], "name": "try"}}
        try:
            client.request("POST", f"/api/v1/namespaces/{namespace}/{resource}", params={"dryRun": "All"}, body=whole)
        except KubeError as error:
            if f"mecctl-slice-{resource}" not in error.message:
                raise
        else:
            return False
    return True


def with_token(kubeconfig: Path, token: str) -> Path:
    """Write, beside a kubeconfig, one that shows a token instead of what it has; return its path."""
    document = yaml.safe_load(kubeconfig.read_text())
    document["users"] = [{"name": one["name"], "user": {"token": token}} for one in document["users"]]
    path = kubeconfig.with_name(f"{kubeconfig.name}-token")
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document))
    return path
