"""A network slice on the cluster: one namespace named after its S-NSSAI, closed to every other.

All levels of isolation close the network alike: no slice reaches another without a policy of the site. All but `none`
also bound what the slice uses (budget.py); the nodes of `physical` are the workloads' concern (placement.py).
Rates are the agent's (sliceagent.py). Who may do what in it is tenancy.py's, what nobody may admission.py's.
The token of the `default` service account, which Kubernetes makes by itself, is not this program's to take away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import Namespace

from stacks.components.budget import Budget, BudgetArgs
from stacks.components.isolation import Isolation, IsolationArgs
from stacks.components.labels import MANAGED, RESTRICTED, slice_labels
from stacks.components.tenancy import Tenancy, TenancyArgs

if TYPE_CHECKING:
    from mecctl.model import Oidc, Slice


@dataclass(frozen=True)
class NetworkSliceArgs:
    """The slice as the site declares it, the site's identity provider, and what must be there before the namespace."""

    slice: Slice
    oidc: Oidc | None = None
    guards: tuple[pulumi.Resource, ...] = ()


class NetworkSlice(pulumi.ComponentResource):
    """The namespace of a slice with all that closes and bounds it; `namespace` is its name once it exists."""

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkSliceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:NetworkSlice", name, None, opts)
        part = args.slice
        child = pulumi.ResourceOptions(parent=self)
        namespace = Namespace(
            f"{name}-namespace",
            metadata={
                "name": part.namespace,
                "labels": {**MANAGED, **RESTRICTED, **slice_labels(part)},
                "annotations": part.annotations,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.guards),
        )
        self.namespace = namespace.metadata.name
        Isolation(f"{name}-isolation", IsolationArgs(self.namespace, inside=True), child)
        if part.quota or part.isolation != "none":
            guaranteed = part.isolation == "virtual-resource"
            Budget(f"{name}-budget", BudgetArgs(self.namespace, part.quota, guaranteed), child)
        Tenancy(f"{name}-tenancy", TenancyArgs(part.namespace, self.namespace, args.oidc), child)
        self.register_outputs({"namespace": self.namespace})
