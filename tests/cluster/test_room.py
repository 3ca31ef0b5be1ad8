from decimal import Decimal
from typing import Any

from mecctl.cluster.room import rooms
from mecctl.plan.placing import Room
from tests.cluster.objects import cluster
from tests.stacks.rendering import full_site

NODE = {
    "metadata": {"name": "edge-2"},
    "status": {"allocatable": {"cpu": "1930m", "memory": "2048Ki"}, "nodeInfo": {"architecture": "arm64"}},
}


def pod(*requests: str, init: Any = (), phase: str = "Running", **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "kube-system", "name": "x", **metadata},
        "spec": {
            "nodeName": "edge-2",
            "containers": [{"resources": {"requests": {"cpu": one}}} for one in requests],
            "initContainers": list(init),
        },
        "status": {"phase": phase},
    }


def left(*pods: dict[str, Any]) -> Decimal:
    found = rooms(cluster(Node=[NODE], Pod=list(pods)), full_site())
    assert found == {"edge-2": Room("arm64", found["edge-2"].cpu, Decimal(2**21))}
    return found["edge-2"].cpu


def test_what_others_reserve_is_taken_off():
    assert left(pod("100m", "30m"), pod("800m")) == Decimal(1)


def test_what_has_ended_or_is_the_sites_own_is_not():
    own: dict[str, Any] = {"namespace": "slice-1-0000a1", "labels": {"app.kubernetes.io/name": "cache"}}

    assert left(pod("1", phase="Succeeded"), pod("1", **own)) == Decimal("1.93")
    assert left(pod("1", **own | {"namespace": "elsewhere"})) == Decimal("0.93")


def test_an_init_container_counts_where_it_needs_more_and_a_sidecar_always():
    big = {"resources": {"requests": {"cpu": "930m"}}}

    assert left(pod("100m", init=[big])) == Decimal(1)
    assert left(pod("100m", init=[big | {"restartPolicy": "Always"}])) == Decimal("0.9")


def test_a_node_that_has_not_reported_is_not_known():
    assert rooms(cluster(Node=[{"metadata": {"name": "edge-1"}, "status": {}}]), full_site()) == {}
