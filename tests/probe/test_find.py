"""Endpoints of all known sites, nearest first."""

from mecctl import dns
from mecctl.probe.find import distance, look, places
from tests.stacks.rendering import site

BERLIN, MUNICH = (52.52, 13.405), (48.137, 11.575)
WORK = {"name": "cache", "slice": "embb", "image": "mecctl.io/web:1", "ports": [8080], "outside": ["10.0.0.0/8"]}
FAR = {
    "name": "far",
    "domain": "far.lab",
    "addresses": ["10.88.0.11"],
    "location": {"latitude": MUNICH[0], "longitude": MUNICH[1]},
}
SITE = site(
    location={"latitude": BERLIN[0], "longitude": BERLIN[1]},
    slices=[{"name": "embb", "snssai": {"sst": 1}}],
    workloads=[WORK],
    platform={"discovery": {"domain": "mec.lab", "addresses": ["edge-1"]}},
    peers=[FAR],
)


def answers(server, name, kind=dns.A):
    if server == "10.77.0.11":
        return dns.Answer(dns.NO_ERROR, ("10.77.0.12",) if kind == dns.A else ((30080, name),))
    raise TimeoutError("timed out")


def test_the_great_circle():
    assert abs(distance(BERLIN, MUNICH) - 504) < 2
    assert distance(BERLIN, BERLIN) == 0


def test_nearest_first_and_who_does_not_answer_says_so():
    found = look(places([SITE], "cache"), MUNICH, answers)

    assert [(one.site, one.ready, one.address, one.ports) for one in found] == [
        ("far", False, None, ()),
        ("lab", True, "10.77.0.12", (30080,)),
    ]
    assert found[0].reason == "10.88.0.11 doesn't answer: timed out"
    assert [one.site for one in look(places([SITE], "cache"), BERLIN, answers)] == ["lab", "far"]


def test_a_name_that_is_nowhere():
    assert list(places([SITE], "other")) == []


def test_no_ready_pod():
    ends = look(places([SITE], "cache"), None, lambda *_: dns.Answer(dns.NO_SUCH_NAME))

    assert {one.reason for one in ends} == {"no pod of it is ready"}
