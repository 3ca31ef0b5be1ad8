from typing import Any

import pytest

from mecctl.cluster.health import Status, look, node_status, status, workload_status
from mecctl.errors import UnreachableError
from mecctl.model import Workload
from mecctl.sitefile import SiteFolder
from tests.cluster.objects import cluster, deployment, namespace, node
from tests.stacks.rendering import CACHE, VIDEO, full_site, site


def healthy(**changed: Any) -> Status:
    objects = {
        "Node": [node("edge-2"), node("edge-1")],
        "Namespace": [namespace("slice-1-0000a1"), namespace("slice-2"), namespace("kube-system")],
        "Deployment": [deployment("slice-1-0000a1", "cache", ready=2), deployment("slice-2", "control", ready=1)],
    }
    return look(cluster(**(objects | changed)), full_site(), "/site/kubeconfig")


def test_a_healthy_site_in_the_files_order():
    assert healthy().to_json() == {
        "site": "lab",
        "ok": True,
        "kubeconfig": "/site/kubeconfig",
        "nodes": (
            {"name": "edge-1", "ready": True, "version": "v1.36.3", "arch": "amd64", "reason": ""},
            {"name": "edge-2", "ready": True, "version": "v1.36.3", "arch": "amd64", "reason": ""},
        ),
        "slices": (
            {"name": "video", "snssai": "1-0000a1", "namespace": "slice-1-0000a1", "ready": True},
            {"name": "urllc", "snssai": "2", "namespace": "slice-2", "ready": True},
        ),
        "workloads": (
            {"name": "cache", "slice": "video", "ready": True, "replicas": 2, "wanted": 2},
            {"name": "control", "slice": "urllc", "ready": True, "replicas": 1, "wanted": 1},
        ),
        "notes": (),
        "certificateDays": None,
    }


def test_a_node_that_is_not_ready_says_why():
    found = healthy(Node=[node("edge-1", ready="False", message="cni plugin not initialized"), node("edge-2")])

    assert not found.ok
    assert found.nodes[0].reason == "cni plugin not initialized"


def test_a_machine_that_has_not_joined():
    assert healthy(Node=[node("edge-1")]).nodes[1].reason == "it has not joined the cluster"


def test_a_node_without_conditions_is_not_ready():
    fresh = {"metadata": {"name": "edge-1"}, "status": {}}

    assert node_status("edge-1", fresh).reason == "its kubelet has not reported yet"


def test_a_namespace_on_its_way_out_is_not_ready():
    assert not healthy(Namespace=[namespace("slice-1-0000a1", "Terminating"), namespace("slice-2")]).slices[0].ready


@pytest.mark.parametrize(
    "work",
    [
        deployment("slice-1-0000a1", "cache", ready=1),
        deployment("slice-1-0000a1", "cache", ready=2, generation=3, observed=2),
        deployment("elsewhere", "cache", ready=2),
    ],
)
def test_a_workload_short_of_replicas_is_not_ready(work):
    found = healthy(Deployment=[work]).workloads[0]

    assert not found.ready
    assert found.replicas < found.wanted


def test_a_site_without_a_cluster(tmp_path):
    with pytest.raises(UnreachableError, match="lab has no cluster yet"):
        status(SiteFolder(tmp_path, full_site()))


def scaled(**live: Any) -> Any:
    work = Workload.model_validate({"name": "w", "slice": "s", "image": "x:1", "scale": {"min": 2, "max": 5}})
    return workload_status(work, deployment("ns", "w", **live) | {"spec": {"replicas": 4}})


def test_a_workload_that_follows_its_load_wants_what_the_autoscaler_says():
    assert (scaled(ready=4).ready, scaled(ready=4).wanted) == (True, 4)
    assert not scaled(ready=3).ready


def test_a_workload_with_storage_is_a_stateful_set():
    stored = CACHE | {"storage": [{"name": "data", "path": "/data", "size": "1Gi"}]}
    client = cluster(StatefulSet=[deployment("slice-1-0000a1", "cache", ready=2)])

    (found,) = look(client, site(slices=[VIDEO], workloads=[stored]), "kubeconfig").workloads

    assert (found.ready, found.replicas, found.wanted) == (True, 2, 2)
