"""What K3s's own CoreDNS is told beside its own configuration (docs.k3s.io/networking/networking-services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

from stacks.components.labels import DNS_NAMESPACE, MANAGED

if TYPE_CHECKING:
    from collections.abc import Sequence


class BundledDns(pulumi.ComponentResource):
    """The ConfigMap coredns-custom with the server blocks, as lines; K3s's Corefile imports every *.server of it."""

    def __init__(self, name: str, blocks: Sequence[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:BundledDns", name, None, opts)
        ConfigMap(
            f"{name}-custom",
            metadata={"name": "coredns-custom", "namespace": DNS_NAMESPACE, "labels": MANAGED},
            data={"mecctl.server": "\n".join([*blocks, ""])},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
