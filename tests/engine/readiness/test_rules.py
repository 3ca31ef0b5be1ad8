"""When objects are ready, read from objects as the API gives them."""

from typing import Any

import pytest

from mecctl.engine.readiness import judge, needed
from mecctl.engine.readiness.workloads import outdated

Object = dict[str, Any]
Json = Object | None


def thing(api_version: str, kind: str, spec: Json = None, status: Json = None, annotations: Json = None) -> Object:
    metadata = {"name": "x", "generation": 2, "annotations": annotations or {}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status or {}}


def condition(type_: str, status: str, **more: str) -> Object:
    return {"conditions": [{"type": type_, "status": status, **more}]}


ROLLED = {"observedGeneration": 2, "updatedReplicas": 3, "availableReplicas": 3, "replicas": 3}
DAEMONS = {"observedGeneration": 2, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}
SET = {"observedGeneration": 2, "readyReplicas": 3, "updatedReplicas": 3}
TAKEN = condition("NamesAccepted", "False", message="taken")
LATE = condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="too late")


@pytest.mark.parametrize(
    ("obj", "ready"),
    [
        (thing("apps/v1", "Deployment", {"replicas": 3}, ROLLED), True),
        (thing("apps/v1", "Deployment", {"replicas": 3}, {**ROLLED, "observedGeneration": 1}), False),
        (thing("apps/v1", "Deployment", {"replicas": 3}, {**ROLLED, "replicas": 4}), False),
        (thing("apps/v1", "Deployment", {"replicas": 3}, {**ROLLED, "availableReplicas": 2}), False),
        (thing("apps/v1", "Deployment", {"replicas": 0}, {"observedGeneration": 2}), True),
        (thing("apps/v1", "Deployment", {"replicas": 3, "paused": True}), True),
        (thing("apps/v1", "DaemonSet", {}, DAEMONS), True),
        (thing("apps/v1", "DaemonSet", {}, {**DAEMONS, "updatedNumberScheduled": 1}), False),
        (
            thing(
                "apps/v1", "DaemonSet", {"updateStrategy": {"type": "OnDelete"}}, {**DAEMONS, "observedGeneration": 2}
            ),
            True,
        ),
        (thing("apps/v1", "StatefulSet", {"replicas": 3}, SET), True),
        (thing("apps/v1", "StatefulSet", {"replicas": 3}, {**SET, "updatedReplicas": 1}), False),
        (
            thing(
                "apps/v1",
                "StatefulSet",
                {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
                {**SET, "updatedReplicas": 1},
            ),
            True,
        ),
        (thing("batch/v1", "Job", {}, condition("Complete", "True")), True),
        (thing("batch/v1", "Job", {}, {}), False),
        (thing("batch/v1", "Job", {"suspend": True}, {}), True),
        (thing("v1", "Pod", {}, condition("Ready", "True")), True),
        (thing("v1", "Pod", {}, {"phase": "Succeeded"}), True),
        (thing("v1", "Pod", {}, {"phase": "Pending"}), False),
        (thing("v1", "Namespace", {}, {"phase": "Active"}), True),
        (thing("v1", "Service", {"type": "ClusterIP"}), True),
        (thing("v1", "Service", {"type": "LoadBalancer"}), False),
        (thing("v1", "Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}), True),
        (thing("networking.k8s.io/v1", "Ingress"), False),
        (thing("networking.k8s.io/v1", "Ingress", {}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}), True),
        (thing("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"}), True),
        (thing("v1", "PersistentVolumeClaim", {}, {"phase": "Pending"}), False),
        (thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, condition("Established", "True")), True),
        (thing("apiextensions.k8s.io/v1", "CustomResourceDefinition"), False),
        (thing("v1", "ConfigMap"), True),
        (thing("example.com/v1", "Deployment"), True),
    ],
)
def test_verdicts(obj, ready):
    verdict = judge(obj)
    assert verdict.ready is ready
    assert ready or verdict.why
    assert not verdict.final


@pytest.mark.parametrize(
    ("obj", "why"),
    [
        (thing("apps/v1", "Deployment", {"replicas": 1}, {**LATE, "observedGeneration": 2}), "too late"),
        (
            thing("batch/v1", "Job", {}, condition("Failed", "True", message="BackoffLimitExceeded")),
            "BackoffLimitExceeded",
        ),
        (thing("v1", "Pod", {}, {"phase": "Failed", "message": "evicted"}), "evicted"),
        (
            thing(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                {},
                condition("NamesAccepted", "False", message="no"),
            ),
            "no",
        ),
    ],
)
def test_what_never_becomes_ready_is_final(obj, why):
    verdict = judge(obj)
    assert verdict.final
    assert verdict.why == why


def test_waiting_can_be_left_out_by_annotation():
    obj = thing("apps/v1", "Deployment", {"replicas": 3}, annotations={"pulumi.com/skipAwait": "true"})
    assert not needed(obj)
    assert judge(obj).ready


@pytest.mark.parametrize(
    ("generation", "later", "old"),
    [
        (1, {}, True),
        (1, {"lastUpdateTime": "2026-01-01T00:00:09Z"}, False),
        (1, {"reason": "ReplicaSetUpdated", "status": "True"}, False),
        (2, {}, False),
    ],
)
def test_no_progress_from_before_a_change_is_no_news_after_it(generation, later, old):
    said = {"reason": "ProgressDeadlineExceeded", "status": "False", "lastUpdateTime": "2026-01-01T00:00:00Z"}
    told = condition("Progressing", **said)
    before = thing("apps/v1", "Deployment", {}, {"observedGeneration": generation, **told})
    after = thing(
        "apps/v1", "Deployment", {}, {"observedGeneration": 2, **condition("Progressing", **{**said, **later})}
    )
    assert outdated(before, after) is old


def test_a_deployment_without_a_condition_has_no_old_news():
    bare = thing("apps/v1", "Deployment", {}, {"observedGeneration": 1})
    assert not outdated(bare, bare)
