"""What a program of mecctl's on the cluster may do everywhere in it, by the account that its pods have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding

from stacks.components.labels import MANAGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pulumi
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict
    from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict


def rights(
    name: str,
    account: str,
    namespace: pulumi.Input[str],
    rules: Sequence[PolicyRuleArgsDict],
    child: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Let a service account do what `rules` say, by a ClusterRole and a binding that are called mecctl:<account>."""
    about: ObjectMetaArgsDict = {"name": f"mecctl:{account}", "labels": MANAGED}
    role = ClusterRole(f"{name}-role", metadata=about, rules=rules, opts=child)
    binding = ClusterRoleBinding(
        f"{name}-binding",
        metadata=about,
        role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"mecctl:{account}"},
        subjects=[{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
        opts=child,
    )
    return [role, binding]
