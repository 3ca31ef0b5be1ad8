"""What a slice may use: its quota as a ResourceQuota, and a LimitRange for pods that don't say what they need.

CPU and memory count twice, as request and as limit, so that the quota holds for what is reserved and for what is used.
A ResourceQuota refuses pods without requests and limits; the LimitRange gives them small ones, never over the quota.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import LimitRange, ResourceQuota

from stacks.components.labels import MANAGED

if TYPE_CHECKING:
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Quota

DEFAULT_REQUEST = {"cpu": "50m", "memory": "64Mi"}
DEFAULT_LIMIT = {"cpu": "500m", "memory": "256Mi"}
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True)
class BudgetArgs:
    """The slice's namespace and quota; without a quota only the LimitRange is made."""

    namespace: pulumi.Input[str]
    quota: Quota | None


class Budget(pulumi.ComponentResource):
    """The ResourceQuota and the LimitRange `slice` of one namespace."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Budget", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metadata: ObjectMetaArgsDict = {"name": "slice", "namespace": args.namespace, "labels": MANAGED}
        ceiling = hard(args.quota) if args.quota else {}
        if ceiling:
            ResourceQuota(f"{name}-quota", metadata=metadata, spec={"hard": ceiling}, opts=child)
        LimitRange(
            f"{name}-limits",
            metadata=metadata,
            spec={
                "limits": [
                    {
                        "type": "Container",
                        "default": within(DEFAULT_LIMIT, args.quota),
                        "default_request": within(DEFAULT_REQUEST, args.quota),
                    }
                ]
            },
            opts=child,
        )
        self.register_outputs({})


def hard(quota: Quota) -> dict[str, str]:
    """Return a quota as ResourceQuota's `hard`."""
    amounts = {"cpu": quota.cpu, "memory": quota.memory}
    counted = {
        f"{side}.{name}": amount for name, amount in amounts.items() if amount for side in ("requests", "limits")
    }
    return counted | ({"pods": str(quota.pods)} if quota.pods else {})


def within(amounts: dict[str, str], quota: Quota | None) -> dict[str, str]:
    """Return the amounts, each lowered to the quota's where that is less."""
    most = {"cpu": quota.cpu, "memory": quota.memory} if quota else {}
    return {name: min(amount, most.get(name) or amount, key=_size) for name, amount in amounts.items()}


def _size(quantity: str) -> Decimal:
    number = quantity.rstrip("mkMGTi")
    unit = quantity[len(number) :]
    return Decimal(number) / 1000 if unit == "m" else Decimal(number) * _UNITS[unit]
