from typing import Any

from tests.stacks.rendering import CACHE, CONTROL, URLLC, VIDEO, render, site

NODES = [
    {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
    {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]},
    {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"], "pool": "own"},
]


def pods(**video: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the pods of a workload in a slice with `video`'s fields, and of one in another slice."""
    made = render("workloads", site(nodes=NODES, slices=[VIDEO | video, URLLC], workloads=[CACHE, CONTROL]))
    cache, control = (made.find("Deployment", name)["spec"]["template"]["spec"] for name in ("cache", "control"))
    return cache, control


def test_without_pools_pods_run_anywhere():
    for pod in pods():
        assert not {"nodeSelector", "tolerations", "affinity"} & pod.keys()


def test_a_pool_that_is_shared_holds_its_own_slice_only():
    cache, control = pods(pool="own")

    assert cache["nodeSelector"] == {"mec.io/pool": "own"}
    assert "tolerations" not in cache
    assert "affinity" not in control


def test_nodes_that_one_slice_has_to_itself():
    cache, control = pods(pool="own", isolation="physical")

    assert cache["nodeSelector"] == {"mec.io/pool": "own"}
    assert cache["tolerations"] == [
        {"key": "mec.io/slice", "operator": "Equal", "value": "1-0000a1", "effect": "NoSchedule"}
    ]
    assert "affinity" not in cache
    assert not {"nodeSelector", "tolerations"} & control.keys()


def test_who_ran_on_nodes_that_are_another_slices_now_moves_away():
    _, control = pods(pool="own", isolation="physical")

    assert control["affinity"] == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "mec.io/pool", "operator": "NotIn", "values": ["own"]}]}
                ]
            }
        }
    }


def test_who_has_a_maximum_latency_runs_on_near_nodes_only():
    nodes = [NODES[0], NODES[1] | {"latency": "2ms"}, NODES[2] | {"latency": "3ms"}]
    whole = site(nodes=nodes, latency="9ms", slices=[VIDEO], workloads=[CACHE | {"maximumLatency": "2ms"}])
    pod = render("workloads", whole).find("Deployment")["spec"]["template"]["spec"]

    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["edge-2"]}]}
    ]


def test_a_workloads_own_pool_and_its_architecture():
    other = CACHE | {"pool": "own", "architecture": "arm64"}
    made = render("workloads", site(nodes=NODES, slices=[VIDEO | {"pool": "x"}], workloads=[other]))

    pod = made.find("Deployment")["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"mec.io/pool": "own", "kubernetes.io/arch": "arm64"}
