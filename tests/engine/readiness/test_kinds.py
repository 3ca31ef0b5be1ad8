"""Each kind is waited for by its own rule, on a real API; the test plays what a bare API lacks."""

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told
from tests.support.controller import RUNNING, giving

pytestmark = pytest.mark.e2e

POD = '{"containers": [{"name": "main", "image": "registry.invalid/x:1"}]}'
SET = f"""
k8s.apps.v1.StatefulSet("db", metadata={{"namespace": ns, "name": "db"}}, spec={{"replicas": 2, "service_name": "db",
    "selector": {{"match_labels": {{"app": "db"}}}},
    "template": {{"metadata": {{"labels": {{"app": "db"}}}}, "spec": {POD}}}}},
    opts=ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=config.require("seconds"))))
"""
ONE_POD = f'k8s.core.v1.Pod("p", metadata={{"namespace": ns, "name": "p"}}, spec={POD})'
JOB = """
k8s.batch.v1.Job("job", metadata={"namespace": ns, "name": "job"}, spec={"backoff_limit": 0, "template": {
    "spec": {"restart_policy": "Never", "containers": [{"name": "main", "image": "registry.invalid/x:1"}]}}})
"""
BALANCED = """
Service("s", metadata={"namespace": ns, "name": "s", "annotations": {"pulumi.com/timeoutSeconds": "2"}},
    spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
"""
ROUTE = """
k8s.networking.v1.Ingress("i", metadata={"namespace": ns, "name": "i",
        "annotations": {"pulumi.com/timeoutSeconds": "2"}},
    spec={"ingress_class_name": "absent", "default_backend": {"service": {"name": "web", "port": {"number": 80}}}})
"""
CLAIM = """
k8s.core.v1.PersistentVolumeClaim("c", metadata={"namespace": ns, "name": "c",
        "annotations": {"pulumi.com/timeoutSeconds": "2"}},
    spec={"access_modes": ["ReadWriteOnce"], "storage_class_name": config.require("class"),
        "resources": {"requests": {"storage": "1Gi"}}})
"""
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
ENDED = {"name": "main", "ready": False, "restartCount": 0, "image": "x", "imageID": ""}


def test_a_stateful_set_is_ready_with_all_its_pods(case):
    with giving(case, RUNNING):
        case.up(SET, seconds="60s")
    assert case.get("StatefulSet", "db", "apps/v1")["status"]["readyReplicas"] == 2


def test_custom_timeouts_bound_the_wait(case):
    with pytest.raises(ProgramError, match=r"not ready after 1 s\n.*0 of 2 pods ready"):
        case.up(SET, seconds="1s")


def test_a_daemon_set_without_nodes_is_ready_once_it_is_seen(case):
    source = SET.replace("StatefulSet", "DaemonSet").replace('"replicas": 2, "service_name": "db",', "")
    assert told(case.up(source, seconds="20s")) == [("create", "db")]
    assert case.get("DaemonSet", "db", "apps/v1")["status"]["observedGeneration"] == 1


def test_a_pod_that_fails_ends_the_wait(case):
    failed = {"phase": "Failed", "message": "evicted: no space"}
    with giving(case, failed), pytest.raises(ProgramError, match=r"will not become ready\n.*evicted: no space"):
        case.up(ONE_POD)


def test_a_job_is_done_when_its_pods_are(case):
    with giving(case, {"phase": "Succeeded"}):
        case.up(JOB)
    assert case.get("Job", "job", "batch/v1")["status"]["succeeded"] == 1


def test_a_job_that_fails_tells_how_its_pod_ended(case):
    ended = {**ENDED, "state": {"terminated": {"exitCode": 7, "reason": "Error"}}}
    with giving(case, {"phase": "Failed", "containerStatuses": [ended]}), pytest.raises(ProgramError) as failed:
        case.up(JOB)
    assert "will not become ready" in str(failed.value)
    assert "container main ended with 7 (Error)" in str(failed.value)


def test_a_service_needs_an_address_if_it_asks_for_one(case):
    with pytest.raises(ProgramError, match="no load balancer has given it an address"):
        case.up(BALANCED)
    with giving(case, ADDRESS, "Service"):
        case.up(BALANCED)
    plain = (
        'Service("t", metadata={"namespace": ns, "name": "t"}, spec={"selector": {"a": "b"}, "ports": [{"port": 1}]})'
    )
    case.up(BALANCED + plain)


def test_an_ingress_tells_what_it_lacks(case):
    with pytest.raises(ProgramError) as failed:
        case.up(ROUTE)
    assert "no ingress controller has given it an address" in str(failed.value)
    assert "the IngressClass absent is not there" in str(failed.value)
    assert "it leads to the Service web, which is not there" in str(failed.value)
    with giving(case, ADDRESS, "Ingress", "networking.k8s.io/v1"):
        case.up(ROUTE)


def test_a_claim_tells_why_it_is_not_bound(case):
    with pytest.raises(ProgramError) as failed:
        case.up(CLAIM, **{"class": "absent"})
    assert "the claim is Pending" in str(failed.value)
    assert '"absent" not found' in str(failed.value)
    with giving(case, {"phase": "Bound"}, "PersistentVolumeClaim"):
        case.up(CLAIM, **{"class": "absent"})


def test_a_claim_that_waits_for_its_pod_is_as_ready_as_it_gets(case):
    source = """
    k8s.storage.v1.StorageClass("class", metadata={"name": config.require("class")}, provisioner="example.com/none",
        volume_binding_mode="WaitForFirstConsumer")
    """
    name = f"{case.ns}-late"
    case.up(source, **{"class": name})
    assert told(case.up(f"{source}{CLAIM.replace(chr(10), chr(10) + '    ')}", **{"class": name})) == [("create", "c")]
    case.destroy()


WIDGET = """
schema = {"type": "object", "x_kubernetes_preserve_unknown_fields": True}
group = f"{ns}.example.com"
crd = k8s.apiextensions.v1.CustomResourceDefinition("crd", metadata={"name": f"widgets.{group}"},
    spec={"group": group, "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"}, "versions": [
        {"name": "v1", "served": True, "storage": True, "schema": {"open_apiv3_schema": schema},
            "subresources": {"status": {}}}]})
k8s.apiextensions.CustomResource("w", api_version=f"{group}/v1", kind="Widget", metadata={"namespace": ns, "name": "w",
        "annotations": {"pulumi.com/waitFor": config.require("for"), "pulumi.com/timeoutSeconds": "2"}},
    spec={"size": 1}, opts=ResourceOptions(depends_on=[crd]))
"""


@pytest.mark.parametrize(
    ("wanted", "lacking"),
    [
        ("condition=Ready", "it has no condition Ready"),
        ('["jsonpath={.status.phase}=Up", "condition=Ready=True"]', "it has nothing at .status.phase"),
    ],
)
def test_own_kinds_are_waited_for_as_the_program_says(case, wanted, lacking):
    with pytest.raises(ProgramError, match=lacking):
        case.up(WIDGET, **{"for": wanted})
    ready = {"phase": "Up", "conditions": [{"type": "Ready", "status": "True"}]}
    with giving(case, ready, "Widget", f"{case.ns}.example.com/v1"):
        case.up(WIDGET, **{"for": wanted})
    assert case.up(WIDGET, **{"for": wanted}).changes == ()
    case.destroy()


def test_a_wish_that_cannot_be_read_is_told_before_anything_is_made(case):
    source = 'ConfigMap("a", metadata={"namespace": ns, "name": "a", "annotations": {"pulumi.com/waitFor": "Ready"}})'
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=r"pulumi\.com/waitFor has 'Ready'"):
            act(source)
    assert case.names() == set()


def test_an_object_may_leave_its_dependents_behind(case):
    source = """
    k8s.apps.v1.ReplicaSet("r", metadata={"namespace": ns, "name": "r", "annotations": {
            "pulumi.com/deletionPropagationPolicy": "orphan"}},
        spec={"replicas": 1, "selector": {"match_labels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "main", "image": "registry.invalid/x:1"}]}}})
    """
    case.up(source)
    for event in case.client.watch("v1", "Pod", case.ns, timeout=20):
        if event.type == "ADDED":
            break
    case.up("")
    assert case.names("ReplicaSet", "apps/v1") == set()
    assert len(case.names("Pod")) == 1
