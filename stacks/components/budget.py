"""What a slice may use: its quota as a ResourceQuota, and a LimitRange for pods that don't say what they need.

CPU and memory count twice, as request and as limit, so that the quota holds for what is reserved and for what is used.
A ResourceQuota refuses pods without requests and limits; the LimitRange gives them small ones, never over the quota.
In a `guaranteed` slice it holds every container to requests that equal its limits, so that its pods have the quality of
service class Guaranteed: what one may use is reserved for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import LimitRange, ResourceQuota

from mecctl.model.amount import DEFAULT_LIMIT, DEFAULT_REQUEST, amounts, within
from stacks.components.labels import MANAGED

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import LimitRangeItemArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Quota


@dataclass(frozen=True)
class BudgetArgs:
    """The slice's namespace and quota, without which only the LimitRange is made, and whether all is reserved."""

    namespace: pulumi.Input[str]
    quota: Quota | None
    guaranteed: bool = False


class Budget(pulumi.ComponentResource):
    """The ResourceQuota and the LimitRange `slice` of one namespace."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Budget", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metadata: ObjectMetaArgsDict = {"name": "slice", "namespace": args.namespace, "labels": MANAGED}
        ceiling = hard(args.quota) if args.quota else {}
        if ceiling:
            ResourceQuota(f"{name}-quota", metadata=metadata, spec={"hard": ceiling}, opts=child)
        LimitRange(f"{name}-limits", metadata=metadata, spec={"limits": [_limits(args)]}, opts=child)
        self.register_outputs({})


def _limits(args: BudgetArgs) -> LimitRangeItemArgsDict:
    most = within(DEFAULT_LIMIT, args.quota)
    if args.guaranteed:
        ratio = dict.fromkeys(most, "1")
        return {"type": "Container", "default": most, "default_request": most, "max_limit_request_ratio": ratio}
    return {"type": "Container", "default": most, "default_request": within(DEFAULT_REQUEST, args.quota)}


def hard(quota: Quota) -> dict[str, str]:
    """Return a quota as ResourceQuota's `hard`."""
    counted = {f"{side}.{name}": amount for name, amount in amounts(quota).items() for side in ("requests", "limits")}
    return counted | ({"pods": str(quota.pods)} if quota.pods else {})
