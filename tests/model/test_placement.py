"""Which nodes a slice's pods may run on."""

import pytest

from mecctl.model import Node, Slice, Snssai, Workload, barrier, owner, places

SERVER = Node(name="edge-1", address="10.77.0.11", roles=("server",), pool="own")
SHARED = Node(name="edge-2", address="10.77.0.12", roles=("agent",))
OWN = Node(name="edge-3", address="10.77.0.13", roles=("agent",), pool="own")
NODES = (SERVER, SHARED, OWN)


def part(sst: int, **more: object) -> Slice:
    return Slice.model_validate({"name": f"s-{sst}", "snssai": Snssai(sst=sst), **more})


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


def test_nodes_that_slices_share():
    anywhere, pooled = part(1), part(2, pool="own")
    assert names(places(anywhere, NODES, (anywhere, pooled))) == ["edge-2", "edge-3"]
    assert names(places(pooled, NODES, (anywhere, pooled))) == ["edge-3"]


def test_nodes_that_one_slice_has_to_itself():
    other, alone = part(1), part(2, pool="own", isolation="physical")
    slices = (other, alone)
    assert [owner(node, slices) for node in NODES] == [None, None, alone]
    assert names(places(other, NODES, slices)) == ["edge-2"]
    assert names(places(alone, NODES, slices)) == ["edge-3"]


def work(**more: object) -> Workload:
    return Workload.model_validate({"name": "w", "slice": "s-1", "image": "x:1", **more})


@pytest.mark.parametrize(
    ("more", "barred"),
    [
        ({}, ["runs no workloads, for it hasn't the role agent", "", ""]),
        ({"pool": "own"}, ["runs no workloads, for it hasn't the role agent", "is in no pool, not in own", ""]),
        (
            {"pool": "x"},
            ["runs no workloads, for it hasn't the role agent", "is in no pool, not in x", "is in pool own, not in x"],
        ),
        (
            {"architecture": "arm64"},
            ["runs no workloads, for it hasn't the role agent", "is amd64, not arm64", "is amd64, not arm64"],
        ),
    ],
)
def test_why_a_node_takes_no_pod_of_a_workload(more, barred):
    assert [barrier(work(**more), part(1), node, "amd64", ()) for node in NODES] == barred


def test_a_workloads_own_pool_goes_before_its_slices():
    assert barrier(work(pool="own"), part(1, pool="x"), OWN, None, ()) == ""
    assert barrier(work(), part(1, pool="x"), OWN, None, ()) == "is in pool own, not in x"


def test_an_architecture_that_nobody_knows_stops_nobody():
    assert barrier(work(architecture="arm64"), part(1), SHARED, None, ()) == ""


def test_another_slices_own_node():
    alone = part(2, pool="own", isolation="physical")

    assert barrier(work(), part(1), OWN, None, (alone,)) == "is slice s-2's own"
    assert barrier(work(), alone, OWN, None, (alone,)) == ""
