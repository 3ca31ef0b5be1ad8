"""`count` objects, thirteen a team: its namespace and what a small service in it needs. Nobody waits for pods."""

from collections.abc import Iterator
from itertools import islice

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs, StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    ContainerArgs,
    ContainerPortArgs,
    EnvVarArgs,
    LimitRange,
    LimitRangeItemArgs,
    LimitRangeSpecArgs,
    Namespace,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ResourceQuota,
    ResourceQuotaSpecArgs,
    ResourceRequirementsArgs,
    Secret,
    Service,
    ServiceAccount,
    ServicePortArgs,
    ServiceSpecArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy, NetworkPolicySpecArgs
from pulumi_kubernetes.rbac.v1 import PolicyRuleArgs, Role, RoleBinding, RoleRefArgs, SubjectArgs

config = pulumi.Config()
WORDS = " ".join(f"word-{number}" for number in range(60))
SKIP = {"pulumi.com/skipAwait": "true"}


def pod(labels: dict[str, str]) -> PodTemplateSpecArgs:
    container = ContainerArgs(
        name="main",
        image="registry.invalid/service:1.0",
        ports=[ContainerPortArgs(container_port=8080, name="http")],
        env=[EnvVarArgs(name="ADDRESS", value=":8080"), EnvVarArgs(name="LEVEL", value="info")],
        resources=ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "64Mi"}, limits={"cpu": "1", "memory": "128Mi"}
        ),
    )
    return PodTemplateSpecArgs(metadata=ObjectMetaArgs(labels=labels), spec=PodSpecArgs(containers=[container]))


def team(name: str) -> Iterator[pulumi.Resource]:
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "teams"}
    space = Namespace(name, metadata=ObjectMetaArgs(name=name, labels=labels))
    yield space

    def meta(own: str, annotations: dict[str, str] | None = None) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=own, namespace=space.metadata.name, labels=labels, annotations=annotations)

    chosen = LabelSelectorArgs(match_labels=labels)
    hard = {"requests.cpu": "4", "requests.memory": "8Gi", "pods": "40"}
    yield ResourceQuota(f"{name}-quota", metadata=meta("quota"), spec=ResourceQuotaSpecArgs(hard=hard))
    least = LimitRangeItemArgs(type="Container", default_request={"cpu": "50m", "memory": "64Mi"})
    yield LimitRange(f"{name}-limits", metadata=meta("limits"), spec=LimitRangeSpecArgs(limits=[least]))
    closed = NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"])
    yield NetworkPolicy(f"{name}-deny", metadata=meta("deny"), spec=closed)
    account = ServiceAccount(f"{name}-account", metadata=meta("service"))
    yield account
    rule = PolicyRuleArgs(api_groups=[""], resources=["configmaps"], verbs=["get", "list", "watch"])
    role = Role(f"{name}-role", metadata=meta("reader"), rules=[rule])
    yield role
    yield RoleBinding(
        f"{name}-binding",
        metadata=meta("reader"),
        role_ref=RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name),
        subjects=[SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=name)],
    )
    yield ConfigMap(f"{name}-settings", metadata=meta("settings"), data={"level": "info", "team": name})
    yield ConfigMap(f"{name}-text", metadata=meta("text"), data={"words.txt": WORDS})
    yield Secret(f"{name}-token", metadata=meta("token"), string_data={"token": f"not a secret of {name}"})
    yield Deployment(
        f"{name}-web",
        metadata=meta("web", SKIP),
        spec=DeploymentSpecArgs(replicas=2, selector=chosen, template=pod(labels)),
    )
    yield Service(
        f"{name}-web",
        metadata=meta("web", SKIP),
        spec=ServiceSpecArgs(selector=labels, ports=[ServicePortArgs(name="http", port=80, target_port="http")]),
    )
    yield StatefulSet(
        f"{name}-store",
        metadata=meta("store", SKIP),
        spec=StatefulSetSpecArgs(replicas=1, service_name="store", selector=chosen, template=pod(labels)),
    )


def every() -> Iterator[pulumi.Resource]:
    number = 0
    while True:
        yield from team(f"{config.require('prefix')}-{number}")
        number += 1


made = sum(1 for _ in islice(every(), config.require_int("count")))
pulumi.export("objects", made)
