"""Waiting on real controllers; the test plays the kubelet by writing the status of pods."""

import time
from typing import Any

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told
from tests.support.controller import RUNNING, giving

pytestmark = pytest.mark.e2e

WEB = """
labels = {"app": "web"}
k8s.apps.v1.Deployment("web", metadata={"namespace": ns, "name": "web", "annotations": {
        "pulumi.com/timeoutSeconds": config.require("seconds")}},
    spec={"replicas": 2, "selector": {"match_labels": labels}, "template": {"metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": "registry.invalid/web:1"}]}}})
"""
NO_NODE = {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/2 nodes: too little memory"}]}
NO_IMAGE = {"waiting": {"reason": "ErrImagePull", "message": "no such host registry.invalid"}}
CRASHED = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}


def waiting(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    status = {"name": "main", "ready": False, "restartCount": 1, "image": "x", "imageID": "", "state": state, **more}
    return {"phase": "Pending", "containerStatuses": [status]}


def test_up_returns_when_the_pods_are_ready(case):
    with giving(case, RUNNING):
        outcome = case.up(WEB, seconds="60")
    assert told(outcome) == [("create", "web")]
    assert case.get("Deployment", "web", "apps/v1")["status"]["availableReplicas"] == 2
    assert case.up(WEB, seconds="60").changes == ()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (NO_NODE, "has no node: 0/2 nodes: too little memory"),
        (waiting(NO_IMAGE), "ErrImagePull: no such host registry.invalid"),
        (waiting(CRASHED, lastState={"terminated": {"exitCode": 3, "reason": "Error"}}), "ended with 3 (Error)"),
    ],
)
def test_what_keeps_pods_from_running_is_told(case, status, said):
    with giving(case, status), pytest.raises(ProgramError) as failed:
        case.up(WEB, seconds="3")
    assert "0 of 2 replicas available" in str(failed.value)
    assert said in str(failed.value)
    preview = case.preview(WEB, seconds="3")
    assert [(change.action, change.reason) for change in preview.changes] == [("update", "is not ready yet")]


def test_a_rerun_goes_on_waiting(case):
    with giving(case, NO_NODE), pytest.raises(ProgramError):
        case.up(WEB, seconds="2")
    for pod in case.client.list("v1", "Pod", case.ns):
        case.client.delete(pod)
    with giving(case, RUNNING):
        assert told(case.up(WEB, seconds="60")) == [("update", "web")]
    assert case.up(WEB, seconds="60").changes == ()


def test_a_deployment_that_made_no_progress_is_waited_for_once_it_is_mended(case):
    late = WEB.replace('"replicas": 2,', '"replicas": 2, "progress_deadline_seconds": 1,')
    with giving(case, NO_NODE), pytest.raises(ProgramError, match=r"will not become ready[\s\S]*timed out progressing"):
        case.up(late, seconds="30")
    with pytest.raises(ProgramError, match="will not become ready"):
        case.up(late, seconds="30")
    mended = late.replace('"progress_deadline_seconds": 1', '"progress_deadline_seconds": 600')
    with giving(case, RUNNING):
        assert told(case.up(mended.replace("web:1", "web:2"), seconds="60")) == [("update", "web")]


def test_controllers_that_cannot_make_pods_are_quoted(case):
    quota = 'k8s.core.v1.ResourceQuota("q", metadata={"namespace": ns, "name": "q"}, spec={"hard": {"pods": "0"}})\n'
    case.up(quota)
    deadline = time.monotonic() + 10
    while not case.get("ResourceQuota", "q").get("status") and time.monotonic() < deadline:
        time.sleep(0.1)
    with pytest.raises(ProgramError, match="exceeded quota"):
        case.up(quota + WEB, seconds="3")
