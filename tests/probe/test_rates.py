import pytest

from mecctl.plan.check import Check
from mecctl.probe.flows import Flow, Promise
from mecctl.probe.rates import alone_checks, short, together_checks

M = 10**6
BOTH = Promise("video", "downlink", 50 * M, 100 * M)
FLOOR = Promise("video", "uplink", 50 * M, None)


def flow(*rates: float) -> Flow:
    return Flow(tuple(rate * M for rate in rates), "edge-2", "edge-1")


def one(promise: Promise, got: Flow, ceiling: Flow | None = None) -> Check:
    (check,) = alone_checks(promise, got, ceiling)
    return check


def test_every_second_near_the_maximum_holds():
    assert one(BOTH, flow(98, 99, 101.9)) == Check(
        "rate", "video", "downlink alone, maximum, edge-2 - edge-1", "100", "99.63", "Mbps", ok=True
    )


@pytest.mark.parametrize(("worst", "others"), [(103.0, (99, 99, 99)), (94.0, (100, 100)), (160.0, (99,))])
def test_one_second_off_breaks_it_and_is_shown(worst, others):
    for rates in ((worst, *others), (*others, worst)):
        found = one(BOTH, flow(*rates))
        assert not found.ok
        assert float(found.measured) == worst


def test_a_maximum_above_what_the_path_gives_is_said_so():
    found = one(BOTH, flow(60, 62, 64), ceiling=flow(70, 70))

    assert (found.ok, found.measured) == (True, "62 (unshaped, the path gives 70)")


def test_less_than_half_of_what_the_path_gives_is_no_excuse():
    assert not one(BOTH, flow(20, 20), ceiling=flow(70, 70)).ok


def test_a_path_that_gives_enough_is_no_excuse():
    found = one(BOTH, flow(60, 62, 64), ceiling=flow(700, 700))

    assert (found.ok, found.measured) == (False, "60")


def test_a_ceiling_is_asked_for_only_when_it_matters():
    assert short(BOTH, flow(94, 99))
    assert not short(BOTH, flow(99, 99))
    assert short(FLOOR, flow(49))
    assert not short(FLOOR, flow(50))
    assert not short(BOTH, Flow(fault="refused"))


def test_only_a_guarantee():
    assert one(FLOOR, flow(49, 51)).ok
    assert not one(FLOOR, flow(40, 41)).ok
    assert one(FLOOR, flow(40, 41), ceiling=flow(40)).ok


@pytest.mark.parametrize(
    ("rates", "offered", "held"),
    [
        ((49, 51, 60), 100.0, [True, True]),
        ((40, 45, 60), 100.0, [False, True]),
        ((40, 40, 40), 40.0, [True, True]),
        ((60, 60, 103), 100.0, [True, False]),
    ],
)
def test_beside_all_others(rates, offered, held):
    assert [check.ok for check in together_checks(BOTH, flow(*rates), offered * M)] == held


def test_a_flow_that_never_was_breaks_all():
    failed = Flow(node="edge-2", peer="edge-1", fault="timed out")

    for check in (one(BOTH, failed), one(FLOOR, failed), *together_checks(BOTH, failed, 0)):
        assert (check.ok, check.measured) == (False, "no result: timed out")


def test_a_flow_without_a_full_second_breaks_all():
    for check in (one(BOTH, flow()), *together_checks(BOTH, flow(), 0)):
        assert (check.ok, check.measured) == (False, "no full second of traffic")
