from typing import Any

from mecctl.model import Site
from mecctl.probe.attempts import Running
from mecctl.probe.crossings import BEYOND, Crossing, Ground, crossings, outside
from tests.stacks.rendering import CACHE, CONTROL, OPENING, URLLC, VIDEO, full_site, site

GROUND = Ground(
    Running(
        {("slice-1-0000a1", "cache"): "10.43.0.5", ("slice-2", "control"): "10.43.0.6"},
        {("slice-1-0000a1", "cache"): "10.42.1.5", ("slice-2", "control"): "10.42.1.6"},
    ),
    {BEYOND: "10.42.0.1", "video": "10.42.1.1", "urllc": "10.42.1.2"},
    "10.43.0.1",
)


def tried(chosen: Site | None = None) -> tuple[Crossing, ...]:
    return crossings(chosen or full_site(), GROUND)


def of(source: str, host: str, chosen: Site | None = None) -> dict[tuple[str, int], bool | None]:
    return {(one.how, one.port): one.open for one in tried(chosen) if (one.source, one.host) == (source, host)}


def test_every_ordered_pair_of_slices_is_tried_by_every_protocol():
    for source, target in (("video", "urllc"), ("urllc", "video"), ("video", "video"), ("urllc", "urllc")):
        expected = source == target
        host = GROUND.listeners[target]
        assert of(source, host) == {("tcp", 9000): expected, ("udp", 9000): expected, ("icmp", 9000): expected}


def test_a_policy_opens_its_port_and_no_echo():
    assert of("urllc", "10.42.1.5") == {("tcp", 8080): True, ("tcp", 9090): False, ("icmp", 0): False}
    assert of("video", "10.42.1.6") == {("tcp", 8080): False, ("icmp", 0): False}
    assert of("video", "10.42.1.5") == {("tcp", 8080): True, ("tcp", 9090): True, ("icmp", 0): True}


def test_nothing_leaves_a_slice_and_a_pod_of_no_slice_shows_that_it_could():
    chosen = full_site()
    for host in (*(node.address for node in chosen.nodes), "10.43.0.1", outside(chosen), "10.42.0.1"):
        closed, control = of("video", host), of(BEYOND, host)
        assert set(closed.values()) == {False}
        assert control == dict.fromkeys(closed)


def test_nothing_comes_in_from_what_is_no_slice():
    for host in ("10.42.1.1", "10.42.1.2", "10.43.0.5", "10.42.1.5", "10.42.1.6"):
        assert set(of(BEYOND, host).values()) == {False}


def test_a_slice_with_the_internet_goes_out_and_no_promise_is_made_of_nodes():
    online: dict[str, Any] = {**VIDEO, "dataNetworkAccess": ["internet"]}
    chosen = site(slices=[online, URLLC], workloads=[CACHE, CONTROL], policies=[OPENING])

    assert set(of("video", outside(chosen), chosen).values()) == {True}
    assert of("video", chosen.nodes[0].address, chosen) == {}
    assert set(of("urllc", outside(chosen), chosen).values()) == {False}


def test_a_labs_outside_is_its_host():
    lab = full_site()
    elsewhere = lab.model_copy(update={"spec": lab.spec.model_copy(update={"lab": None})})

    assert outside(lab) == f"{lab.servers[0].address.rpartition('.')[0]}.1"
    assert {one.how for one in tried(lab) if one.host == outside(lab)} == {"icmp"}
    assert {one.how for one in tried(elsewhere) if one.host == outside(elsewhere) == "1.1.1.1"} == {"icmp", "tcp"}


def test_from_outside_the_pod_is_tried_at_its_own_port():
    work = CACHE | {"ports": [{"port": 80, "targetPort": 8080}, {"port": 53, "protocol": "UDP"}]}
    chosen = site(slices=[VIDEO], workloads=[work])

    assert of(BEYOND, "10.43.0.5", chosen) == {("tcp", 80): False}
    assert of(BEYOND, "10.42.1.5", chosen) == {("tcp", 8080): False}
