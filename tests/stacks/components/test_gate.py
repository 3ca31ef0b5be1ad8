"""The gate before a workload that moves: all that leads to the workload leads to it."""

from typing import Any

from tests.stacks.pod_security import violations
from tests.stacks.rendering import OPENING, URLLC, VIDEO, render, site

MOBILITY = {"mode": "without-confirmation", "home": "lab"}
CACHE = {
    "name": "cache",
    "slice": "video",
    "image": "x:1",
    "ports": [8080],
    "outside": ["10.0.0.0/8"],
    "mobility": MOBILITY,
}
PEER = {"name": "north", "domain": "north.lab", "addresses": ["10.88.0.11"]}


def made(program: str = "workloads", **more: Any) -> Any:
    whole = site(slices=[VIDEO, URLLC], workloads=[CACHE | more], peers=[PEER], policies=[OPENING], lab={})
    return render(program, whole)


def test_services_and_walls_lead_to_the_gate():
    front, there = {"app.kubernetes.io/name": "cache-gate"}, made()

    assert there.find("Service", "cache")["spec"]["selector"] == front
    assert there.find("Service", "cache-outside")["spec"]["selector"] == front
    assert there.find("Service", "cache-here")["spec"]["selector"] == {"app.kubernetes.io/name": "cache"}
    outside = there.find("NetworkPolicy", "from-outside-to-cache")["spec"]
    inside = made("slices").find("NetworkPolicy", "from-urllc-to-cache")["spec"]
    assert outside["podSelector"] == inside["podSelector"] == {"matchLabels": front}


def test_the_gate_reaches_the_peers_and_nothing_more():
    policy = made().find("NetworkPolicy", "cache-gate")["spec"]

    assert policy["egress"] == [{"to": [{"ipBlock": {"cidr": "10.88.0.11/32"}}]}]
    assert policy["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "cache-gate"}}


def test_a_gate_starts_with_the_workload_at_home_only():
    for home, first in (("lab", "local"), ("north", "closed")):
        gate = made(mobility=MOBILITY | {"home": home}).find("Deployment", "cache-gate")["spec"]
        (container,) = gate["template"]["spec"]["containers"]

        assert {"name": "FIRST", "value": first} in container["env"]
        assert {"name": "APP", "value": "cache-here.slice-1-0000a1.svc.cluster.local:8080"} in container["env"]
        assert container["image"] == "mecctl.io/gate:1"
        assert gate["strategy"] == {"type": "Recreate"}


def test_it_is_admitted_as_restricted():
    assert violations(made().find("Deployment", "cache-gate")["spec"]["template"]["spec"]) == []


def test_what_may_not_move_has_no_gate():
    stays = made(mobility=MOBILITY | {"mode": "not-allowed"})

    assert stays.names("Deployment") == {"slice-1-0000a1/cache"}
    assert stays.find("Service", "cache")["spec"]["selector"] == {"app.kubernetes.io/name": "cache"}
