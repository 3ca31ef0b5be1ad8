from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.probe.inpod.running import HOST, free_port, play, playing


@pytest.fixture
def port():
    port = free_port()
    with playing("flows", "peer", {"host": HOST, "port": port}):
        yield port


def carry_out(port: int, *orders: dict[str, Any]) -> dict[str, Any]:
    words = {"peers": {"edge-1": HOST}, "meetings": HOST, "port": port, "orders": orders}
    *results, end = play("flows", "agent", words)
    assert end == {"ended": True}
    return {one["id"]: one for one in results}


@pytest.mark.parametrize("direction", ["downlink", "uplink"])
def test_the_receiver_counts_what_was_offered_from_the_first_second_on(port, direction):
    found = carry_out(port, {"id": "a", "do": direction, "seconds": 2, "rate": 40_000_000})["a"]

    assert found["peer"] == "edge-1"
    assert len(found["windows"]) == 2
    assert all(4_500_000 < size < 5_500_000 for size in found["windows"])
    assert found["mss"] > 500
    assert found["header"] in {40, 52}


def test_both_ways_at_once_each_by_its_own_offer_or_as_fast_as_can_be(port):
    rates = {"downlink": 40_000_000, "uplink": None}
    found = carry_out(port, {"id": "a", "do": "both", "seconds": 1, "rates": rates})["a"]

    assert 4_500_000 < found["downlink"]["windows"][0] < 5_500_000
    assert found["uplink"]["windows"][0] > 10_000_000


def test_round_trips(port):
    found = carry_out(port, {"id": "a", "do": "latency", "seconds": 0.2, "after": 0.05})["a"]

    assert len(found["times"]) > 3
    assert all(0 < time < 1000 for time in found["times"])
    assert found["lost"] == 0


def test_those_who_meet_go_at_once(port):
    order = {"do": "latency", "seconds": 0.1, "meet": "here", "count": 2}
    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(carry_out, port, {"id": name, **order}) for name in ("a", "b")]
        results = [one.result() for one in found]

    assert [list(one) for one in results] == [["a"], ["b"]]
    assert not any("error" in one for result in results for one in result.values())


def test_a_failed_order_is_told_and_the_next_one_is_carried_out(port):
    found = carry_out(port, {"id": "a", "do": "downlink"}, {"id": "b", "do": "latency", "seconds": 0.1})

    assert "error" in found["a"]
    assert found["b"]["times"]


def test_a_packet_goes_in_one_piece_or_not_at_all(port):
    sizes = (28, 9000, 65535, 65536)
    found = carry_out(port, *({"id": str(size), "do": "size", "bytes": size} for size in sizes))

    assert [found[str(size)]["carried"] for size in sizes] == [True, True, True, False]
    assert found["28"]["mtu"] == 65535
