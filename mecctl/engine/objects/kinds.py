"""What is special about some kinds of Kubernetes objects, as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mecctl.engine import readiness
from mecctl.engine.objects.urn import STACK_TYPE
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVIDER = "pulumi:providers:kubernetes"
BUILT_IN = "pulumi:providers:pulumi"

# Fields that the API server refuses to change in place, at least sometimes (kubernetes pkg/apis/*/validation).
_REPLACED: dict[str, tuple[str, ...]] = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("data", "binaryData", "immutable"),
    "CSIDriver": ("spec",),
    "CustomResourceDefinition": ("spec.group", "spec.names.plural", "spec.scope"),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "EndpointSlice": ("addressType",),
    "IngressClass": ("spec.controller",),
    "Job": ("spec.completionMode", "spec.completions", "spec.selector", "spec.template"),
    "PersistentVolume": ("spec",),
    "PersistentVolumeClaim": ("spec",),
    "Pod": ("spec",),
    "PriorityClass": ("value", "preemptionPolicy"),
    "ReplicaSet": ("spec.selector",),
    "ResourceClaim": ("spec",),
    "ResourceQuota": ("spec.scopes", "spec.scopeSelector"),
    "RoleBinding": ("roleRef",),
    "RuntimeClass": ("handler",),
    "Secret": ("data", "stringData", "immutable", "type"),
    "Service": ("spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies"),
    "StatefulSet": ("spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}

_UNCHANGEABLE = re.compile(r"immutable|may not (be )?change|cannot change|updates to .* forbidden", re.IGNORECASE)

# Kinds whose own objects (pods above all) have to be gone before theirs is.
_WITH_DEPENDENTS = {"CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"}


def fixed(kind: str, causes: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return the fields that an API server refused to change in place, if a new object is what helps.

    `causes` are those of its error (field, reason, message). Empty when it (also) refused for anything else, such as a
    value that would be wrong in a new object too.
    """
    known, told = _REPLACED.get(kind, ()), tuple(causes)
    if all(_UNCHANGEABLE.search(message) and _lies_at(field, known) for field, _, message in told):
        return tuple(dict.fromkeys(field for field, _, _ in told))
    return ()


def _lies_at(field: str, known: tuple[str, ...]) -> bool:
    """Whether a field is one of those known, in one, or around one: of a StatefulSet the server names `spec` alone."""
    return any(field.startswith(one) or one.startswith(f"{field}.") for one in known)


def propagation(live: dict[str, Any]) -> str:
    """Return how to delete an object: as it says, else waiting for what it owns where that is what gone means."""
    return readiness.deletion(live) or ("Foreground" if live["kind"] in _WITH_DEPENDENTS else "Background")


def api_of(type_: str) -> tuple[str, str]:
    """Return (apiVersion, kind) of a type token such as `kubernetes:apps/v1:Deployment`; `core/v1` is `v1`."""
    _, api_version, kind = type_.split(":")
    return api_version.removeprefix("core/"), kind


def refusal(type_: str, *, custom: bool, remote: bool) -> str | None:
    """Return in plain words why the engine can't manage resources of a type, None when it can."""
    if remote:
        return "it is a remote component, which needs a plugin of Pulumi"
    if not custom or type_ == STACK_TYPE:
        return None
    if type_ == PROVIDER:
        return None
    if not type_.startswith("kubernetes:"):
        type_ = type_.removeprefix("pulumi:providers:")
        return f"it belongs to the provider {type_.partition(':')[0]!r}, and the engine knows `kubernetes` only"
    group = type_.split(":")[1].partition("/")[0]
    if group in ("helm.sh", "kustomize", "yaml"):
        return f"the engine has no {group} support"
    return None


def refuse_object(type_: str, obj: dict[str, Any]) -> None:
    """Raise MecctlError for what looks like an object and is none: lists, or a patch of nothing."""
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or not isinstance(obj.get("metadata"), dict):
        raise MecctlError("it has no apiVersion, kind and metadata, so it is no Kubernetes object")
    if api_of(type_)[1] == f"{kind}Patch" and not obj["metadata"].get("name"):
        raise MecctlError("it patches an object without saying which", fix="give it the metadata.name of the object")
    if "items" in obj and kind.endswith("List"):
        raise MecctlError("it is a list; give every object as a resource of its own")
    if obj["metadata"].get("generateName"):
        raise MecctlError("it uses generateName, by which no object is found again; leave the name out instead")
    readiness.check(obj)
