"""What public examples are made of: names left out, nested outputs, kinds of one's own, manifests, reads."""

import pulumi
import pulumi_kubernetes as k8s
from counter import Counter
from pulumi_kubernetes.apiextensions.CustomResource import CustomResource
from pulumi_kubernetes.core.v1 import PersistentVolumeClaim, Pod, Secret
from pulumi_kubernetes.core.v1.Namespace import Namespace

config = pulumi.Config()
group = config.require("group")
namespace = Namespace("tavern")
inside = namespace.metadata.apply(lambda one: one.name)
counter = Counter("counter", inside, "LoadBalancer")
secret = Secret("till", metadata={"namespace": inside}, string_data={"code": config.require_secret("code")})
claim = PersistentVolumeClaim(
    "shelf",
    metadata={"namespace": inside},
    spec={"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
)
guest = Pod(
    "guest",
    metadata={"namespace": inside},
    spec={"containers": [{"name": "main", "image": "registry.invalid/guest:1"}]},
    opts=pulumi.ResourceOptions(depends_on=[counter], provider=k8s.Provider("own")),
)
schema = {"type": "object", "x_kubernetes_preserve_unknown_fields": True}
kind = k8s.apiextensions.v1.CustomResourceDefinition(
    "kind",
    metadata={"name": f"drinks.{group}"},
    spec={
        "group": group,
        "scope": "Namespaced",
        "names": {"plural": "drinks", "singular": "drink", "kind": "Drink"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"open_apiv3_schema": schema}}],
    },
)
drink = CustomResource(
    "drink",
    api_version=f"{group}/v1",
    kind="Drink",
    metadata={"namespace": inside},
    spec={"price": 4, "served_in": "glass"},
    opts=pulumi.ResourceOptions(depends_on=[kind]),
)
again = CustomResource.get("again", api_version=f"{group}/v1", kind="Drink", id=drink.id)
api = k8s.core.v1.Service.get("api", "default/kubernetes")


def into_the_tavern(obj: dict, _: pulumi.ResourceOptions) -> None:
    """Put every object of the manifests into the namespace."""
    if "metadata" in obj:
        obj["metadata"]["namespace"] = namespace.metadata["name"]


k8s.yaml.ConfigFile("cellar", "cellar.yaml", transformations=[into_the_tavern])
pulumi.export("namespace", inside)
pulumi.export("address", counter.address)
pulumi.export("guest", guest.status.apply(lambda one: one.phase))
pulumi.export("again", again.id)
pulumi.export("api", api.spec.cluster_ip)
