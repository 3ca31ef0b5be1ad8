"""What a slice's people may do: three roles, each with all of the one before it, bound in the slice's namespace only.

A role names every resource that it reaches, so that none comes in unseen with a new API. None reaches what holds the
slice's walls (NetworkPolicy, ResourceQuota, LimitRange, and doors from outside such as Ingress), nor makes credentials
(serviceaccounts/token, impersonate), nor goes around the scheduler (pods/binding) or through the API server's own
network (…/proxy). kubernetes.io/docs/reference/access-authn-authz/rbac; CIS Kubernetes Benchmark 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, RoleBinding

from mecctl.model import TENANT_ROLES, cluster_role, tenant_group
from stacks.components.labels import MANAGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict, RoleRefArgsDict, SubjectArgsDict

    from mecctl.model import Oidc, TenantRole

_API = "rbac.authorization.k8s.io"
_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")
Rule = tuple[str, tuple[str, ...], tuple[str, ...]]
"""API group, resources, verbs."""

_READABLE = (
    "configmaps endpoints events limitranges persistentvolumeclaims pods pods/log pods/status replicationcontrollers "
    "resourcequotas serviceaccounts services"
)
_APPS = "controllerrevisions daemonsets deployments deployments/scale replicasets statefulsets statefulsets/scale"
_OWN: dict[TenantRole, tuple[Rule, ...]] = {
    "viewer": (
        ("", tuple(_READABLE.split()), _READ),
        ("", ("namespaces",), ("get",)),
        ("apps", tuple(_APPS.split()), _READ),
        ("autoscaling", ("horizontalpodautoscalers",), _READ),
        ("batch", ("cronjobs", "jobs"), _READ),
        ("discovery.k8s.io", ("endpointslices",), _READ),
        ("events.k8s.io", ("events",), _READ),
        ("networking.k8s.io", ("ingresses", "networkpolicies"), _READ),
        ("policy", ("poddisruptionbudgets",), _READ),
        (_API, ("rolebindings", "roles"), _READ),
    ),
    "deployer": (
        ("", ("secrets",), _READ),
        ("", ("configmaps", "persistentvolumeclaims", "pods", "secrets", "services"), _WRITE),
        # A stream over a WebSocket begins with a GET.
        ("", ("pods/attach", "pods/exec", "pods/portforward"), ("get", "create")),
        ("", ("pods/eviction",), ("create",)),
        ("apps", ("deployments", "statefulsets"), _WRITE),
        ("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
        ("autoscaling", ("horizontalpodautoscalers",), _WRITE),
        ("batch", ("cronjobs", "jobs"), _WRITE),
        ("policy", ("poddisruptionbudgets",), _WRITE),
    ),
    # What an admin hands on is held to what the admin may do: the API server refuses more ("escalate", "bind").
    "admin": (
        ("", ("serviceaccounts",), _WRITE),
        (_API, ("rolebindings", "roles"), _WRITE),
    ),
}


def rules(role: TenantRole) -> tuple[Rule, ...]:
    """Return all that a role may do."""
    return tuple(rule for one in TENANT_ROLES[: TENANT_ROLES.index(role) + 1] for rule in _OWN[one])


class TenantRoles(pulumi.ComponentResource):
    """The ClusterRoles mecctl-slice-viewer, -deployer and -admin; bound to nobody, they allow nothing."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:TenantRoles", name, None, opts)
        for role in TENANT_ROLES:
            ClusterRole(
                f"{name}-{role}",
                metadata={"name": cluster_role(role), "labels": MANAGED},
                rules=[_rule(*rule) for rule in rules(role)],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


@dataclass(frozen=True)
class TenancyArgs:
    """The slice's namespace, as text and as the name of what is there, and the site's identity provider."""

    namespace: str
    created: pulumi.Input[str]
    oidc: Oidc | None


class Tenancy(pulumi.ComponentResource):
    """The RoleBindings of one slice: each role to its group, of certificates and of the identity provider."""

    def __init__(self, name: str, args: TenancyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Tenancy", name, None, opts)
        for role in TENANT_ROLES:
            group = tenant_group(args.namespace, role)
            RoleBinding(
                f"{name}-{role}",
                metadata={"name": cluster_role(role), "namespace": args.created, "labels": MANAGED},
                role_ref=_cluster_role(cluster_role(role)),
                subjects=_groups([group, *([args.oidc.group(group)] if args.oidc else [])]),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


class Operators(pulumi.ComponentResource):
    """The ClusterRoleBinding mecctl-operators: groups of the identity provider that administer the whole cluster."""

    def __init__(self, name: str, oidc: Oidc, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Operators", name, None, opts)
        ClusterRoleBinding(
            f"{name}-binding",
            metadata={"name": "mecctl-operators", "labels": MANAGED},
            role_ref=_cluster_role("cluster-admin"),
            subjects=_groups([oidc.group(group) for group in oidc.admin_groups]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _rule(group: str, resources: tuple[str, ...], verbs: tuple[str, ...]) -> PolicyRuleArgsDict:
    return {"api_groups": [group], "resources": list(resources), "verbs": list(verbs)}


def _cluster_role(name: str) -> RoleRefArgsDict:
    return {"api_group": _API, "kind": "ClusterRole", "name": name}


def _groups(names: Sequence[str]) -> list[SubjectArgsDict]:
    return [{"api_group": _API, "kind": "Group", "name": name} for name in names]
