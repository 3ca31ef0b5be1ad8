"""An ordinary Pulumi program; nothing in it knows which engine runs it."""

import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
namespace_name = config.get("namespace") or "shop"
count = config.get_int("apps") or 2
password = pulumi.Output.secret(config.get("password") or "canary-pass-phrase")


class App(pulumi.ComponentResource):
    """A workload with its configuration, its secret and its service."""

    def __init__(self, name: str, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the app's objects in `namespace`."""
        super().__init__("test:shop:App", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        labels = {"app": name, **({"tier": tier} if (tier := config.get("tier")) else {})}
        settings = k8s.core.v1.ConfigMap(
            f"{name}-settings",
            metadata={"namespace": namespace},
            data={"mode": config.get("mode") or "plain"},
            opts=inside,
        )
        secret = k8s.core.v1.Secret(
            f"{name}-secret",
            metadata={"namespace": namespace, "name": f"{name}-secret"},
            string_data={"password": password},
            opts=inside,
        )
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                namespace=namespace, name=name, annotations={"pulumi.com/skipAwait": "true"}
            ),
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=config.get_int("replicas") or 1,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=labels),
                template=k8s.core.v1.PodTemplateSpecArgs(
                    metadata=k8s.meta.v1.ObjectMetaArgs(labels=labels),
                    spec=k8s.core.v1.PodSpecArgs(
                        containers=[
                            k8s.core.v1.ContainerArgs(
                                name="main",
                                image="registry.invalid/app:1",
                                resources=k8s.core.v1.ResourceRequirementsArgs(
                                    requests={"cpu": "1000m", "memory": "1024Mi"}
                                ),
                                env=[
                                    k8s.core.v1.EnvVarArgs(name="SETTINGS", value=settings.metadata.name),
                                    k8s.core.v1.EnvVarArgs(name="SECRET", value=secret.metadata["name"]),
                                ],
                            )
                        ]
                    ),
                ),
            ),
            opts=inside,
        )
        service = k8s.core.v1.Service(
            name,
            metadata={"namespace": namespace, "name": name},
            spec={"selector": labels, "ports": [{"port": 80}]},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.address = service.spec.cluster_ip
        self.uid = deployment.metadata.uid
        self.register_outputs({"address": self.address})


namespace = k8s.core.v1.Namespace("shop", metadata={"name": namespace_name, "labels": {"team": "a"}})
inside = namespace.metadata.name
k8s.core.v1.ResourceQuota(
    "quota", metadata={"namespace": inside, "name": "quota"}, spec={"hard": {"pods": "100", "requests.cpu": "100"}}
)
k8s.networking.v1.NetworkPolicy(
    "deny", metadata={"namespace": inside, "name": "deny"}, spec={"pod_selector": {}, "policy_types": ["Ingress"]}
)
apps = [App(f"app-{number}", inside) for number in range(count)]
k8s.core.v1.ConfigMap(
    "derived",
    metadata={"namespace": inside, "name": pulumi.Output.concat("derived-", apps[0].uid)},
    data={"address": apps[0].address},
)
pulumi.export("namespace", inside)
pulumi.export("address", apps[0].address)
pulumi.export("login", pulumi.Output.format("http://user:{0}@shop", password))
