"""What is refused of workloads that move before anything is made."""

import pytest

from mecctl.sitefile.checks_mobility import gates, homes, state
from tests.sitefile.parts import told

NORTH = {"name": "north", "domain": "north.lab", "addresses": ["10.88.0.11"]}
MOVES = {"mode": "without-confirmation", "home": "lab"}
CACHE = {
    "name": "cache",
    "slice": "embb",
    "image": "x:1",
    "ports": [8080],
    "outside": ["10.0.0.0/8"],
    "mobility": MOVES,
}
STATE = MOVES | {"context": {"export": "/out", "import": "/in"}}


def said(check, work, **spec):
    return told(check, workloads=[CACHE | work], **{"lab": {}, "peers": [NORTH], **spec})


def test_one_that_moves():
    for check in (gates, state, homes):
        assert said(check, {}) == []
        assert said(check, {"mobility": STATE}) == []


@pytest.mark.parametrize("ports", [[], [80, 81], [{"port": 53, "protocol": "UDP"}]])
def test_a_gate_has_one_port(ports):
    assert said(gates, {"ports": ports}) == [
        "spec.workloads[0].ports: cache moves, and its gate passes on HTTP at one port; one TCP port"
    ]


def test_somebody_outside_reaches_it():
    (found,) = said(gates, {"outside": []})
    assert "spec.workloads[0].outside: is missing: cache moves, and nobody outside reaches it" in found


def test_a_gate_has_an_image():
    (found,) = said(gates, {}, lab=None)
    assert "the site names no image for the gate of cache" in found
    assert said(gates, {}, lab=None, platform={"gate": "x/gate:1"}) == []


def test_state_is_in_one_pod():
    (found,) = said(state, {"mobility": STATE, "replicas": 2})
    assert found == (
        "spec.workloads[0].replicas: cache moves with its state, which more than one replica would share; 1"
    )
    assert said(state, {"replicas": 2}) == []


VOLUMES = MOVES | {"context": {"volumes": True}}
DATA = [{"name": "d", "path": "/d", "size": "1Gi"}]


def test_volumes_go_along_where_the_site_file_says_so():
    assert said(state, {"mobility": VOLUMES, "storage": DATA}) == []
    assert said(state, {"storage": DATA}) == [
        (
            "spec.workloads[0].storage: cache moves, and its volumes would stay behind; "
            "context: {volumes: true} under mobility:, or no storage"
        )
    ]
    assert said(state, {"mobility": VOLUMES}) == [
        "spec.workloads[0].mobility.context.volumes: cache has no volumes to take along; storage:, or another context"
    ]


@pytest.mark.parametrize(
    "context", [{}, {"export": "/out"}, {"import": "/in"}, {"export": "/out", "import": "/in", "volumes": True}]
)
def test_a_context_is_one_of_the_two(context):
    found = said(state, {"mobility": MOVES | {"context": context}, "storage": DATA if "volumes" in context else []})
    assert found == ["spec.workloads[0].mobility.context: wants export and import, or volumes: true; one of the two"]


def test_home_is_known():
    assert said(homes, {"mobility": MOVES | {"home": "north"}}) == []
    (found,) = said(homes, {"mobility": MOVES | {"home": "south"}})
    assert found == "spec.workloads[0].mobility.home: there is no site south here; one of: lab, north"
    (found,) = said(homes, {}, peers=[])
    assert "cache moves, and the site has no peers" in found


def test_one_that_may_not_move_needs_nothing():
    stays = {"mobility": MOVES | {"mode": "not-allowed", "home": "nowhere"}, "ports": [], "outside": []}
    for check in (gates, state, homes):
        assert said(check, stays, peers=[], lab=None) == []
