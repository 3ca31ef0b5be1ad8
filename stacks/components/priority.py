"""A slice's 5QI as a Kubernetes PriorityClass, so that pods of urgent slices are scheduled first.

One class a 5QI, because a class's value can't be edited: a slice that changes its 5QI takes another class. Nothing is
evicted for it (preemptionPolicy Never): a slice that is served first must not throw its neighbour out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from stacks.components.labels import MANAGED, priority_class

if TYPE_CHECKING:
    from mecctl.model import Qos


@dataclass(frozen=True)
class PriorityArgs:
    """The quality class to stand for."""

    qos: Qos


class Priority(pulumi.ComponentResource):
    """The PriorityClass of one 5QI: priority level 1 is worth 127000, level 127 is worth 1000."""

    def __init__(self, name: str, args: PriorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Priority", name, None, opts)
        level = args.qos.priority
        PriorityClass(
            f"{name}-class",
            metadata={"name": priority_class(args.qos), "labels": MANAGED},
            value=(128 - level) * 1000,
            preemption_policy="Never",
            global_default=False,
            description=f"5QI {args.qos.five_qi}, priority level {level} (3GPP TS 23.501 table 5.7.4-1)",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
