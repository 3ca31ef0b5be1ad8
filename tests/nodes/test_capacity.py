"""What slices ask for together, against what was seen of the machines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mecctl.nodes.capacity import shortage
from mecctl.nodes.facts import Facts
from mecctl.sitefile import SiteFolder
from tests.nodes.conftest import GOOD
from tests.stacks.rendering import site

NODES: list[dict[str, Any]] = [
    {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
    {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]},
    {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"], "pool": "own"},
]


def part(sst: int, cpu: str | None = None, memory: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": f"s-{sst}", "snssai": {"sst": sst}, "quota": {"cpu": cpu, "memory": memory}, **more}


def told(*slices: dict[str, Any], nodes: Any = NODES, seen: dict[str, Facts] | None = None) -> list[str]:
    every = {node["name"]: replace(GOOD, cores=2, memory=3 * 2**29) for node in NODES}
    found = shortage(SiteFolder(Path("/site"), site(nodes=nodes, slices=slices)), every if seen is None else seen)
    return [str(problem) for problem in found.problems] if found else []


def test_quotas_that_fill_the_machines_fit():
    assert told(part(1, "3", "2Gi"), part(2, "1", "1Gi"), part(3)) == []


def test_quotas_are_held_against_the_machines_that_run_workloads():
    assert told(part(1, "3500m", "2Gi"), part(2, "1", "1100Mi")) == [
        (
            "/site/site.yaml: spec.slices[].quota.cpu: the slices' quotas are 4500m in sum: s-1 3500m, s-2 1; their "
            "nodes have 4: edge-2 2, edge-3 2; quotas of at most 4 together, or more nodes"
        ),
        (
            "/site/site.yaml: spec.slices[].quota.memory: the slices' quotas are 3.1Gi in sum: s-1 2Gi, s-2 1.1Gi; "
            "their nodes have 3Gi: edge-2 1.5Gi, edge-3 1.5Gi; quotas of at most 3Gi together, or more nodes"
        ),
    ]


@pytest.mark.parametrize("isolation", ["tenant", "physical"])
def test_a_slice_in_a_pool_has_only_that(isolation):
    (found,) = told(part(1, "3", pool="own", isolation=isolation), part(2, "1"))
    assert "are 3 in sum: s-1 3; their nodes have 2: edge-3 2;" in found


def test_others_have_nothing_of_nodes_that_one_slice_has_to_itself():
    (found,) = told(part(1, "1", pool="own", isolation="physical"), part(2, "3"))
    assert "are 3 in sum: s-2 3; their nodes have 2: edge-2 2;" in found


def test_machines_that_were_not_seen_may_have_anything():
    assert told(part(1, "100"), seen={"edge-1": GOOD, "edge-2": GOOD}) == []


RATES: dict[str, Any] = {"throughput": {"downlink": {"guaranteed": "800Mbps"}}}
SEEN = {"edge-2": replace(GOOD, speeds={"10.77.0.12": 10**9}), "edge-3": GOOD}


def test_a_link_as_it_was_found_carries_the_guarantees():
    assert told(part(1, **RATES), part(2, **RATES), seen=SEEN) == [
        (
            "/site/site.yaml: spec.slices[].throughput: the slices' guaranteed downlink is 1600Mbps in sum: "
            "s-1 800Mbps, s-2 800Mbps; the link of edge-2 was found to carry 1Gbps; guarantees of at most 1Gbps "
            "together, or link: with what it really carries"
        )
    ]
    assert told(part(1, **RATES), seen=SEEN) == []


def test_a_link_that_is_declared_is_the_site_files():
    nodes = [*NODES[:1], NODES[1] | {"link": "2Gbps"}]
    assert told(part(1, **RATES), part(2, **RATES), nodes=nodes, seen=SEEN) == []


def sized(ask: object, mtu: int = 1500) -> list[str]:
    return told(part(1, maxPacketSize=ask), seen={"edge-2": replace(GOOD, mtus={"10.77.0.12": mtu}), "edge-3": GOOD})


def test_a_packet_needs_room_for_what_the_pod_network_adds():
    assert sized("1500B") == [
        (
            "/site/site.yaml: spec.slices[0].maxPacketSize: slice s-1 asks for packets of 1500 bytes, and its pods on "
            "edge-2 can have 1450: the link's MTU is 1500, of which the pod network takes 50; at most 1450B (beside "
            "nest:, too), or an MTU of 1550 on the nodes' link"
        )
    ]
    assert len(sized({"uplink": "1451B"})) == 1
    assert sized("1450B") == sized("1500B", mtu=1550) == []


def test_a_workload_that_no_machine_could_hold():
    work = {"name": "big", "slice": "s-1", "image": "x:1", "resources": {"cpu": "3"}}
    whole = site(nodes=NODES, slices=[part(1, isolation="none")], workloads=[work])
    seen = {node["name"]: replace(GOOD, cores=2) for node in NODES}

    refused = shortage(SiteFolder(Path("/site"), whole), seen)

    assert refused
    assert str(refused) == (
        "/site/site.yaml: spec.workloads[0]: big (1 x 3 CPU and 64Mi memory) fits on no node: edge-1 runs no "
        "workloads, for it hasn't the role agent; edge-2 has 2 of 2 CPU left; edge-3 has 2 of 2 CPU left; fewer "
        "or smaller replicas, another pool, architecture or latency, or a node that has what they need"
    )
