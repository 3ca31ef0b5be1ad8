"""Who fits where, and what is said of whom nothing takes."""

from decimal import Decimal
from typing import Any

import pytest

from mecctl.plan.placing import Room, misfits
from tests.stacks.rendering import site

GIB = Decimal(2**30)
NODES: list[dict[str, Any]] = [
    {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
    {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]},
    {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"], "pool": "own"},
]
OPEN = {"name": "open", "snssai": {"sst": 1}, "isolation": "none"}
ROOMS = {
    "edge-1": Room("amd64", Decimal(8), 8 * GIB),
    "edge-2": Room("amd64", Decimal(2), 2 * GIB),
    "edge-3": Room("arm64", Decimal(2), 2 * GIB),
}


def work(name: str, cpu: str | None = None, memory: str | None = None, **more: Any) -> dict[str, Any]:
    amounts = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    return {"name": name, "slice": "open", "image": "x/y:1", "resources": amounts, **more}


def told(*works: Any, slices: Any = (OPEN,), rooms: Any = None) -> list[str]:
    whole = site(nodes=NODES, slices=list(slices), workloads=list(works))
    return [one.said for one in misfits(whole, ROOMS if rooms is None else rooms)]


def test_what_fits_exactly_fits():
    assert told(work("a", "2", "2Gi"), work("b", "1", "1Gi", replicas=2)) == []


def test_every_node_is_named_with_what_is_left_there_and_beside_whom():
    assert told(work("a", "1500m", "1Gi", replicas=2), work("b", "700m")) == [
        (
            "b (1 x 700m CPU) fits on no node: edge-1 runs no workloads, for it hasn't the role agent; "
            "edge-2 has 500m of 2 CPU left beside a; edge-3 has 500m of 2 CPU left beside a"
        )
    ]


def test_both_that_are_short_are_told():
    (said,) = told(work("a", "3", "3Gi"))

    assert "edge-2 has 2 of 2 CPU left and 2Gi of 2Gi memory left" in said


@pytest.mark.parametrize(
    ("more", "edge_2", "edge_3"),
    [
        ({"architecture": "arm"}, "is amd64, not arm", "is arm64, not arm"),
        ({"pool": "none"}, "is in no pool, not in none", "is in pool own, not in none"),
        ({"pool": "own", "architecture": "amd64"}, "is in no pool, not in own", "is arm64, not amd64"),
    ],
)
def test_what_no_room_would_mend(more, edge_2, edge_3):
    (said,) = told(work("a", **more))

    assert said.endswith(f"edge-2 {edge_2}; edge-3 {edge_3}")


def test_nodes_that_another_slice_has_to_itself():
    other = {"name": "other", "snssai": {"sst": 2}, "isolation": "physical", "pool": "own"}
    (said,) = told(work("a", "2"), work("b", "1"), slices=(OPEN, other))

    assert said.endswith("edge-3 is slice other's own")


def test_an_architecture_is_where_it_is_put():
    assert told(work("a", "1500m", architecture="arm64"), work("b", "1500m")) == []


def test_one_way_of_filling_that_works_is_enough():
    """Those with the most memory first, and onto the emptiest node, would leave none for two cores."""
    assert told(work("a", "1", "1Gi", replicas=2), work("b", "2")) == []


def test_the_slices_default_counts_where_a_workload_says_nothing():
    tenant = OPEN | {"isolation": "tenant"}
    crowd = work("a", replicas=81)

    assert told(crowd) == []
    (said,) = told(crowd, slices=(tenant,))
    assert said.startswith("a (81 x 50m CPU and 64Mi memory) fits on no node: ")


def test_the_fewest_replicas_of_a_scale_have_to_fit():
    assert told(work("a", "2", scale={"min": 1, "max": 9})) == []


def test_a_node_that_was_not_seen_may_have_anything():
    assert told(work("a", "9"), rooms={"edge-2": ROOMS["edge-2"]}) == []
