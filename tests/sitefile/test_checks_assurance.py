"""What isolation and availability ask of workloads and nodes."""

import pytest

from mecctl.sitefile.checks_assurance import availability, guaranteed
from tests.sitefile.parts import AGENT, CACHE, EMBB, OTHER, SERVER, told


@pytest.mark.parametrize(
    ("resources", "missing"),
    [
        (None, "cpu and memory of cache are missing"),
        ({"cpu": "1"}, "memory of cache is missing"),
        ({"memory": "1Gi"}, "cpu of cache is missing"),
    ],
)
def test_resources_that_are_reserved_are_declared(resources, missing):
    slices = [EMBB | {"isolation": "virtual-resource"}]
    assert told(guaranteed, slices=slices, workloads=[CACHE | {"resources": resources}]) == [
        (
            f"spec.workloads[0].resources: {missing}; both: isolation virtual-resource of embb reserves them for each "
            "replica"
        )
    ]


def test_resources_that_are_declared_can_be_reserved():
    cache = CACHE | {"resources": {"cpu": "1", "memory": "1Gi"}}
    assert told(guaranteed, slices=[EMBB | {"isolation": "virtual-resource"}], workloads=[cache]) == []
    assert told(guaranteed, slices=[EMBB], workloads=[CACHE]) == []


def test_from_three_nines_on_a_workload_has_a_second_replica():
    assert told(availability, slices=[EMBB | {"availability": "99.9%"}]) == [
        ("spec.workloads[0].replicas: cache has 1 replica, and availability 99.9% of embb needs a second; at least 2")
    ]
    assert told(availability, slices=[EMBB | {"availability": "99.8%"}]) == []
    assert told(availability, slices=[EMBB | {"availability": "99.9%"}], workloads=[CACHE | {"replicas": 2}]) == []


@pytest.mark.parametrize(
    ("nodes", "more", "named", "count"),
    [
        ([SERVER, AGENT], {}, "edge-2", 1),
        ([SERVER, AGENT, OTHER], {"pool": "own"}, "edge-3", 1),
        ([SERVER], {}, "a first", 0),
    ],
)
def test_from_four_nines_on_there_are_two_nodes(nodes, more, named, count):
    slices = [EMBB | more | {"availability": "100%"}]
    assert told(availability, nodes=nodes, slices=slices, workloads=[CACHE | {"replicas": 2}]) == [
        (
            f"spec.slices[0].availability: 100% needs two nodes, and embb has {count} to run on; a second beside "
            f"{named} with the role agent, or less than 99.99%"
        )
    ]


def test_four_nines_on_two_nodes():
    assert told(availability, slices=[EMBB | {"availability": "99.99%"}], workloads=[CACHE | {"replicas": 2}]) == []
