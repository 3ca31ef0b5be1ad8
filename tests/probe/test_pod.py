from typing import Any

from mecctl.probe.attempts import Attempt
from mecctl.probe.pod import probe_pod
from tests.stacks.pod_security import violations

DNS = Attempt("video", "dns", "kubernetes.default.svc", "kubernetes.default.svc", expected="10.43.0.1")
OWN = Attempt("video", "answers", "video/cache:8080", "10.43.0.5", 8080)
GONE = Attempt("video", "answers", "video/other:80", "", 80)
WALL = Attempt("video", "refused", "urllc/control:8080", "10.43.0.6", 8080)


def made() -> dict[str, Any]:
    return probe_pod("mecctl-probe-1", "slice-1-0000a1", enumerate([DNS, OWN, GONE, WALL]))


def test_it_is_admitted_as_restricted():
    assert violations(made()["spec"]) == []


def test_its_arguments_are_what_can_be_tried():
    command = made()["spec"]["containers"][0]["command"]

    assert command[:2] == ["bash", "-c"]
    assert command[3:] == [
        "probe",
        "0 name kubernetes.default.svc 0",
        "1 open 10.43.0.5 8080",
        "3 closed 10.43.0.6 8080",
    ]


def test_it_ends_by_itself_and_is_no_workloads_pod():
    pod = made()

    assert pod["spec"]["activeDeadlineSeconds"] <= 60
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "mecctl-probe"


def test_no_registry_is_asked_for_its_image():
    assert made()["spec"]["containers"][0]["imagePullPolicy"] == "Never"
