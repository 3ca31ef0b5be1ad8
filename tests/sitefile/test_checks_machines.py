"""What is refused of virtual machines before anything is made."""

import pytest

from mecctl.sitefile.checks_machines import by_kubevirt, by_qemu, own_fields
from tests.sitefile.parts import told

LEGACY = {"name": "legacy", "slice": "embb", "architecture": "amd64", "vm": {"disk": "x/disk:1"}}
KUBEVIRT = {"machines": {"by": "kubevirt"}}
OPEN = {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}, "hardening": "none"}


def test_a_machine_in_a_lab_is_fine():
    for check in (own_fields, by_qemu, by_kubevirt):
        assert told(check, workloads=[LEGACY], lab={}) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"command": ["x"]}, "its disk says what starts"),
        ({"args": ["x"]}, "its disk says what starts"),
        ({"env": {"A": "b"}}, "cloudInit: gives it settings"),
        ({"files": [{"path": "/etc/x", "text": "y"}]}, "cloudInit: gives it files"),
        ({"storage": [{"name": "d", "path": "/d", "size": "1Gi"}]}, "volumes of machines aren't built yet"),
    ],
)
def test_what_only_containers_have(more, why):
    (key,) = more
    assert told(own_fields, workloads=[LEGACY | more]) == [
        f"spec.workloads[0].{key}: legacy is a virtual machine: {why}; no {key}:"
    ]


def test_a_disk_is_of_one_architecture():
    (said,) = told(own_fields, workloads=[{key: value for key, value in LEGACY.items() if key != "architecture"}])

    assert said == (
        "spec.workloads[0].architecture: is missing: the disk of legacy starts on one architecture only; amd64 or arm64"
    )


def test_qemu_in_a_pod_is_not_built_for_arm():
    (said,) = told(by_qemu, workloads=[LEGACY | {"architecture": "arm64"}], lab={})
    assert "QEMU in a pod is built for amd64 only" in said
    assert told(by_qemu, workloads=[LEGACY | {"architecture": "arm64"}], platform=KUBEVIRT) == []


def test_somebody_runs_it():
    (said,) = told(by_qemu, workloads=[LEGACY])
    assert "nothing runs legacy: the site names no image with QEMU" in said
    assert told(by_qemu, workloads=[LEGACY], platform={"machines": {"image": "x/qemu:1"}}) == []


def test_kubevirts_limits():
    assert told(by_kubevirt, workloads=[LEGACY], platform=KUBEVIRT, kubernetes=OPEN) == []
    (said,) = told(by_kubevirt, workloads=[LEGACY | {"replicas": 2}], platform=KUBEVIRT, kubernetes=OPEN)
    assert said == "spec.workloads[0].replicas: KubeVirt runs one machine for legacy; 1, or a workload for each"
    (said,) = told(by_kubevirt, workloads=[LEGACY], platform=KUBEVIRT)
    assert "spec.platform.machines.by: KubeVirt's pods have rights" in said
