from mecctl.model import Slice
from mecctl.probe.latency import latency_checks, percentile

PATH = {"node": "edge-2", "peer": "edge-1"}


def part(**latency: str) -> Slice:
    return Slice.model_validate({"name": "video", "snssai": {"sst": 1}, **({"latency": latency} if latency else {})})


def test_percentiles_are_values_that_were_measured():
    values = [float(one) for one in range(100, 0, -1)]

    assert [percentile(values, percent) for percent in (50, 95, 99)] == [50, 95, 99]
    assert percentile([7.0], 99) == 7


def test_without_a_budget_they_are_only_told():
    checks = list(latency_checks(part(), "with load", {"times": [1.0, 2.0], "lost": 0, **PATH}))

    assert [(one.peer, one.declared, one.measured, one.ok) for one in checks] == [
        ("p50 one way, with load, edge-2 - edge-1", "", "0.5", True),
        ("p95 one way, with load, edge-2 - edge-1", "", "1", True),
        ("p99 one way, with load, edge-2 - edge-1", "", "1", True),
    ]


def test_half_of_the_round_trip_is_held_against_the_budget():
    slow, fast = {"times": [20.2], "lost": 0}, {"times": [19.8], "lost": 0}

    assert [one.ok for one in latency_checks(part(downlink="10ms"), "", slow)] == [True, True, False]
    assert [one.declared for one in latency_checks(part(downlink="10ms"), "", slow)] == ["", "", "10"]
    assert [one.ok for one in latency_checks(part(downlink="10ms"), "", fast)] == [True, True, True]


def test_two_budgets_are_broken_by_a_round_trip_of_more_than_both():
    both = part(downlink="2ms", uplink="18ms")

    assert list(latency_checks(both, "", {"times": [19.9], "lost": 0}))[-1].ok
    assert not list(latency_checks(both, "", {"times": [20.1], "lost": 0}))[-1].ok


def test_lost_packets_are_the_slowest():
    checks = list(latency_checks(part(uplink="10ms"), "", {"times": [1.0] * 90, "lost": 10}))

    assert [(one.measured, one.ok) for one in checks] == [("0.5", True), ("lost", True), ("lost", False)]


def test_nothing_measured_is_never_ok():
    assert {(one.ok, one.measured) for one in latency_checks(part(), "", {"error": "refused"})} == {
        (False, "no result: refused")
    }
