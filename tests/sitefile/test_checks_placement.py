"""Slices' pods have nodes to run on, and who is physically isolated shares none."""

import pytest

from mecctl.sitefile.checks_placement import physical, pools, room, workloads
from tests.sitefile.parts import AGENT, CACHE, EMBB, OTHER, SERVER, URLLC, told

OWN = EMBB | {"isolation": "physical", "pool": "own"}


def test_physical_isolation_with_a_pool_to_itself():
    for check in (pools, physical, room):
        assert told(check, slices=[OWN, URLLC]) == []


def test_physical_isolation_needs_nodes():
    assert told(physical, slices=[EMBB | {"isolation": "physical"}]) == [
        (
            "spec.slices[0].pool: is missing: isolation physical gives embb nodes of its own; the name of a pool of "
            "nodes with the role agent, which no other slice uses"
        )
    ]


@pytest.mark.parametrize("isolation", ["physical", "tenant"])
def test_physical_isolation_shares_its_nodes_with_no_other_slice(isolation):
    found = told(physical, slices=[OWN, URLLC | {"isolation": isolation, "pool": "own"}])
    assert found[0].startswith(
        "spec.slices[0].pool: pool own is also that of urllc, and isolation physical shares no node; the name of a pool"
    )


def test_physical_isolation_shares_its_nodes_with_no_control_plane():
    nodes = [SERVER | {"roles": ["server", "agent"], "pool": "own"}, AGENT]
    (found,) = told(physical, nodes=nodes, slices=[OWN])
    assert found.startswith(
        "spec.slices[0].pool: edge-1 of pool own carries the control plane, and isolation physical shares no node"
    )


def test_a_pool_that_is_not_there():
    assert told(pools, slices=[EMBB | {"pool": "mine"}]) == [
        "spec.slices[0].pool: no node is in a pool mine; one of: own"
    ]


def test_a_pool_of_servers():
    found = told(pools, nodes=[SERVER | {"pool": "control"}, AGENT], slices=[EMBB | {"pool": "control"}])
    assert found == [
        "spec.slices[0].pool: no node of pool control has the role agent, so none runs workloads; one of: none"
    ]


def test_every_slice_with_workloads_has_a_node_left():
    workloads = [CACHE, CACHE | {"name": "control", "slice": "urllc"}]
    parts = {"nodes": [SERVER, OTHER], "slices": [OWN, URLLC], "workloads": workloads}
    assert told(room, **parts) == [
        (
            "spec.slices[1]: every node that runs workloads is another slice's own, none is left for urllc; a node "
            "with the role agent in no such pool"
        )
    ]
    assert told(room, **{**parts, "nodes": [SERVER, AGENT, OTHER]}) == []


def test_a_workload_that_no_node_would_take_is_told_of_each():
    nodes = [SERVER, AGENT | {"arch": "amd64"}, OTHER]

    assert told(workloads, nodes=nodes, workloads=[CACHE | {"architecture": "arm64", "pool": "none"}]) == [
        (
            "spec.workloads[0]: cache fits on no node: edge-1 runs no workloads, for it hasn't the role agent; "
            "edge-2 is in no pool, not in none; edge-3 is in pool own, not in none; another pool, architecture or "
            "latency, or a node that has them"
        )
    ]


def test_a_latency_that_no_node_meets_is_told_of_each():
    nodes = [SERVER, AGENT | {"latency": "8ms"}, OTHER]
    (said,) = told(workloads, nodes=nodes, workloads=[CACHE | {"maximumLatency": "5ms"}])

    assert "edge-2 is 8ms away, and at most 5ms is asked" in said
    assert "edge-3 declares no latency, and at most 5ms is asked" in said


def test_a_node_counts_as_far_as_its_site_unless_it_says_otherwise():
    asked = [CACHE | {"maximumLatency": "5ms"}]

    assert told(workloads, latency="5ms", workloads=asked) == []
    assert told(workloads, latency="6ms", workloads=asked) != []
    assert told(workloads, latency="6ms", nodes=[SERVER, AGENT | {"latency": "800us"}], workloads=asked) == []


def test_a_machine_whose_architecture_is_not_declared_may_be_the_one():
    assert told(workloads, workloads=[CACHE | {"architecture": "arm64"}]) == []


def test_what_is_told_of_the_slice_is_not_told_of_its_workloads():
    assert told(workloads, slices=[EMBB | {"pool": "none"}]) == []
