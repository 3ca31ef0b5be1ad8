"""What workloads require of each other."""

import pytest

from mecctl.sitefile.checks_services import order, required
from tests.sitefile.parts import CACHE, told

MAP = {"name": "map", "slice": "urllc", "image": "x:1", "ports": [80], "provides": [{"name": "LS", "version": "2.1"}]}
USER = CACHE | {"requires": ["LS"]}
OPEN = {"from": {"slice": "embb"}, "to": {"slice": "urllc", "workload": "map"}}


def test_a_service_that_nobody_provides():
    assert told(required, workloads=[USER]) == [
        (
            "spec.workloads[0].requires[0]: no workload of the site provides LS; one of: none is provided; or "
            "`requires: []` to run it without"
        )
    ]
    (said,) = told(required, workloads=[CACHE | {"requires": ["RNIS"]}, MAP], policies=[OPEN])
    assert "provides RNIS; one of: LS" in said


def test_a_service_behind_a_wall():
    assert told(required, workloads=[USER, MAP]) == [
        (
            "spec.workloads[0].requires[0]: map of slice urllc provides LS, and no policy lets embb reach it; a policy "
            "from embb to map, which has ports"
        )
    ]
    assert told(required, workloads=[USER, MAP | {"ports": []}], policies=[OPEN]) != []


@pytest.mark.parametrize(
    ("provider", "policies"), [(MAP, [OPEN]), (MAP | {"slice": "embb"}, []), (MAP | {"slice": "embb", "ports": []}, [])]
)
def test_a_service_within_reach(provider, policies):
    assert told(required, workloads=[USER, provider], policies=policies) == []


def test_one_provider_within_reach_is_enough():
    near = MAP | {"name": "near", "slice": "embb"}

    assert told(required, workloads=[USER, MAP, near]) == []


def test_a_ring_is_told_in_order():
    one = CACHE | {"name": "one", "requires": ["B"], "provides": [{"name": "A", "version": "1"}]}
    two = CACHE | {"name": "two", "requires": ["C"], "provides": [{"name": "B", "version": "1"}]}
    three = CACHE | {"name": "three", "requires": ["A"], "provides": [{"name": "C", "version": "1"}]}
    (said,) = told(order, workloads=[one, two, three])

    assert said.endswith(
        "requires itself: one requires two requires three requires one, so none of them can start first; "
        "no ring of requirements"
    )


def test_who_requires_what_it_provides_itself_waits_for_nobody():
    assert told(order, workloads=[USER | {"provides": [{"name": "LS", "version": "1"}]}]) == []
