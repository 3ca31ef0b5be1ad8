import pytest

from mecctl.plan.check import Check
from mecctl.probe.crossings import BEYOND, Crossing
from mecctl.probe.walls import judge

OWN = Crossing("urllc", "urllc", "urllc/probe udp", "udp", "10.42.1.2", 9000, open=True)
TARGET = Crossing("video", "video", "video/probe udp", "udp", "10.42.1.1", 9000, open=True)
WALL = Crossing("urllc", "urllc", "video/probe udp", "udp", "10.42.1.1", 9000, open=False)
WORLD = Crossing("urllc", "urllc", "1.1.1.1 icmp", "icmp", "1.1.1.1", open=False)
CONTROL = Crossing(BEYOND, "", "", "icmp", "1.1.1.1")


def last(*pairs: tuple[Crossing, str | None], seen: set[int] | None = None) -> Check:
    got = {index: said for index, (_, said) in enumerate(pairs) if said}
    return judge([one for one, _ in pairs], got, seen or set(), "1.1.1.1")[-1]


def test_a_wall_holds():
    assert last((OWN, "answered"), (TARGET, "answered"), (WALL, "timed out")) == Check(
        "isolation", "urllc", "video/probe udp", "closed", "timed out", "", ok=True
    )


def test_what_answers_has_a_hole():
    found = last((OWN, "answered"), (TARGET, "answered"), (WALL, "answered"))

    assert (found.ok, found.measured) == (False, "answered")


def test_a_packet_that_arrived_leaked_whatever_its_sender_heard():
    found = last((OWN, "answered"), (TARGET, "answered"), (WALL, "timed out"), seen={2})

    assert (found.ok, found.measured) == (False, "seen by the receiver")


def test_what_answers_nobody_proves_nothing():
    found = last((OWN, "answered"), (TARGET, "timed out"), (WALL, "timed out"))

    assert not found.ok
    assert "answers nobody else" in found.measured


def test_a_pod_that_reaches_nothing_proves_nothing():
    found = last((OWN, "timed out"), (TARGET, "answered"), (WALL, "timed out"))

    assert not found.ok
    assert "reaches nothing" in found.measured


@pytest.mark.parametrize("one", [OWN, WALL, WORLD])
def test_a_result_that_never_came_proves_nothing(one):
    found = last((OWN, "answered"), (TARGET, "answered"), (one, None))

    assert (found.ok, found.measured) == (False, "no result")


def test_what_does_not_run_is_said_so():
    gone = Crossing("urllc", "urllc", "video/cache:8080 tcp", "tcp", "", 8080, open=False)

    found = last((OWN, "answered"), (gone, None))

    assert not found.ok
    assert found.measured.startswith("nothing of it runs")


@pytest.mark.parametrize("said", ["answered", "timed out"])
def test_the_world_is_shut_out_even_where_nobody_on_the_site_reaches_it(said):
    assert last((OWN, "answered"), (CONTROL, said), (WORLD, "timed out")).ok
    assert not last((OWN, "answered"), (CONTROL, said), (WORLD, "answered")).ok


def test_controls_are_no_promises():
    assert judge([CONTROL], {0: "answered"}, set(), "1.1.1.1") == ()
