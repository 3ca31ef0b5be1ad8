"""A component in a module of its own, with typed arguments."""

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    EnvVarArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs


class Counter(pulumi.ComponentResource):
    """A deployment behind a service that gets an address from outside."""

    def __init__(
        self, name: str, namespace: pulumi.Input[str], door: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the objects; `door` is the type of the service."""
        super().__init__("test:tavern:Counter", name, {}, opts)
        labels = {"app": name}
        inside = pulumi.ResourceOptions(parent=self)
        container = ContainerArgs(
            name=name,
            image="registry.invalid/counter:1",
            ports=[ContainerPortArgs(container_port=80)],
            env=[EnvVarArgs(name="GREETING", value="hello")],
        )
        self.deployment = Deployment(
            name,
            metadata=ObjectMetaArgs(namespace=namespace),
            spec=DeploymentSpecArgs(
                replicas=2,
                selector=LabelSelectorArgs(match_labels=labels),
                template=PodTemplateSpecArgs(
                    metadata=ObjectMetaArgs(labels=labels), spec=PodSpecArgs(containers=[container])
                ),
            ),
            opts=inside,
        )
        self.service = Service(
            name,
            metadata=ObjectMetaArgs(namespace=namespace, labels=labels),
            spec=ServiceSpecArgs(type=door, selector=labels, ports=[ServicePortArgs(port=80, target_port=80)]),
            opts=inside,
        )
        status = self.service.status
        self.address = status.apply(lambda one: one and one.load_balancer and one.load_balancer.ingress[0].ip)
        self.register_outputs({"address": self.address})
