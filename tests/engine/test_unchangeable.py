"""Fields that the API server doesn't let anyone change: the object is replaced, as the preview says."""

import copy
import json
from typing import Any

import pytest

from tests.engine.test_preview_truth import PROGRAM, changes, core
from tests.support.cases import told

pytestmark = pytest.mark.e2e

MAIN = [{"name": "main", "image": "registry.invalid/x:1"}]
TEMPLATE = {"metadata": {"labels": {"a": "b", "c": "d"}}, "spec": {"containers": MAIN}}
WORKLOAD = {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}
JOB = {"suspend": True, "template": {"spec": {"restartPolicy": "Never", "containers": MAIN}}}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
CLAIM = {"accessModes": ["ReadWriteOnce"], "storageClassName": "x", "resources": {"requests": {"storage": "1Gi"}}}
VOLUME = {
    "capacity": {"storage": "1Gi"},
    "accessModes": ["ReadWriteOnce"],
    "hostPath": {"path": "/srv/a"},
    "storageClassName": "unchangeable",  # or a claim that another test has left is bound to it, and holds it
}
RBAC, STORAGE = "rbac.authorization.k8s.io/v1", "storage.k8s.io/v1"

# kind, group version, content, the path that changes, its new value
FIXED: list[tuple[str, str, dict[str, Any], str, Any]] = [
    ("ClusterRoleBinding", RBAC, {"roleRef": ROLE}, "roleRef.name", "edit"),
    ("ConfigMap", "core/v1", {"data": {"k": "1"}, "immutable": True}, "data.k", "2"),
    ("CSIDriver", STORAGE, {"spec": {"attachRequired": False}}, "spec.attachRequired", True),
    ("DaemonSet", "apps/v1", {"spec": WORKLOAD}, "spec.selector.matchLabels.c", "d"),
    ("Deployment", "apps/v1", {"spec": {"paused": True, **WORKLOAD}}, "spec.selector.matchLabels.c", "d"),
    ("EndpointSlice", "discovery.k8s.io/v1", {"addressType": "IPv4", "endpoints": []}, "addressType", "IPv6"),
    (
        "IngressClass",
        "networking.k8s.io/v1",
        {"spec": {"controller": "example.com/a"}},
        "spec.controller",
        "example.com/b",
    ),
    ("Job", "batch/v1", {"spec": JOB}, "spec.template.spec.terminationGracePeriodSeconds", 5),
    ("PersistentVolume", "core/v1", {"spec": VOLUME}, "spec.hostPath.path", "/srv/b"),
    ("PersistentVolumeClaim", "core/v1", {"spec": CLAIM}, "spec.storageClassName", "y"),
    ("Pod", "core/v1", {"spec": {"containers": MAIN}}, "spec.hostname", "other"),
    ("PriorityClass", "scheduling.k8s.io/v1", {"value": 1}, "value", 2),
    ("ReplicaSet", "apps/v1", {"spec": {"replicas": 0, **WORKLOAD}}, "spec.selector.matchLabels.c", "d"),
    ("ResourceQuota", "core/v1", {"spec": {"hard": {"pods": "9"}}}, "spec.scopes", ["BestEffort"]),
    ("RoleBinding", RBAC, {"roleRef": ROLE}, "roleRef.name", "edit"),
    ("RuntimeClass", "node.k8s.io/v1", {"handler": "a"}, "handler", "b"),
    ("Secret", "core/v1", {"type": "example.com/a", "stringData": {"k": "v"}}, "type", "example.com/b"),
    ("Service", "core/v1", {"spec": {"ports": [{"port": 1}]}}, "spec.clusterIP", "None"),
    ("StatefulSet", "apps/v1", {"spec": {"replicas": 0, "serviceName": "a", **WORKLOAD}}, "spec.serviceName", "b"),
    ("StorageClass", STORAGE, {"provisioner": "example.com/a"}, "provisioner", "example.com/b"),
]


def specs(ns: str, *, changed: bool) -> str:
    made = []
    for kind, group, content, path, value in FIXED:
        type_, head = core(kind, group)
        metadata = {"namespace": ns, "name": f"{ns}-x", "annotations": {"pulumi.com/skipAwait": "true"}}
        obj = {**head, "metadata": metadata, **copy.deepcopy(content)}
        if changed:
            *above, last = path.split(".")
            at: Any = obj
            for step in above:
                at = at[step]
            at[last] = value
        made.append({"name": kind, "type": type_, "object": obj, "needs": None})
    return json.dumps(made)


def test_what_cannot_be_changed_is_replaced(case):
    case.up(PROGRAM, specs=specs(case.ns, changed=False))
    found = changes(case, PROGRAM, specs=specs(case.ns, changed=True))
    assert {(change.action, change.name) for change in found} == {("replace", kind) for kind, *_ in FIXED}
    assert told(case.up(PROGRAM, specs=specs(case.ns, changed=True))) == []
    assert len(case.destroy().changes) == len(FIXED)
