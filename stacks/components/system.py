"""Namespaces that exist beside the slices, closed from the start."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import Namespace

from stacks.components.isolation import Isolation, IsolationArgs
from stacks.components.labels import MANAGED, RESTRICTED

SYSTEM = "mecctl-system"


@dataclass(frozen=True)
class SystemNamespacesArgs:
    """Namespaces that the cluster brings along and that are closed too."""

    bundled: tuple[str, ...] = ("default",)


class SystemNamespaces(pulumi.ComponentResource):
    """mecctl-system (`namespace`), for what mecctl itself runs on the cluster; and what was there before is closed."""

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: SystemNamespacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:SystemNamespaces", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        system = Namespace(
            f"{name}-namespace", metadata={"name": SYSTEM, "labels": {**MANAGED, **RESTRICTED}}, opts=child
        )
        self.namespace = system.metadata.name
        Isolation(f"{SYSTEM}-isolation", IsolationArgs(self.namespace, inside=False), child)
        for bundled in args.bundled:
            Isolation(f"{bundled}-isolation", IsolationArgs(bundled, inside=False), child)
        self.register_outputs({"namespace": self.namespace})
