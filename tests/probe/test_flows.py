from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.probe.flows import Flow, Promise, alone, flow, promises, result_of, round_trips, together
from tests.stacks.rendering import URLLC, VIDEO, site

RATES: dict[str, Any] = {"throughput": {"downlink": {"guaranteed": "50Mbps", "maximum": "100Mbps"}}}
SITE = site(slices=[{**VIDEO, **RATES}, URLLC])
PROMISE = Promise("video", "downlink", 50_000_000, 100_000_000)


def test_what_is_declared_is_promised():
    assert promises(SITE) == (PROMISE,)
    assert promises(site(slices=[VIDEO, URLLC])) == ()


@pytest.mark.parametrize(("maximum", "per_pod", "one_pods"), [(100, 30, 30), (20, 30, 20), (None, 30, 30)])
def test_one_pod_has_no_more_than_a_pod_may(maximum, per_pod, one_pods):
    rate = SimpleNamespace(guaranteed=None, maximum=maximum, per_pod=per_pod)
    part = SimpleNamespace(name="video", throughput=SimpleNamespace(downlink=rate, uplink=None))
    chosen: Any = SimpleNamespace(slices=[part])

    assert promises(chosen) == (Promise("video", "downlink", None, one_pods),)


def test_twice_the_maximum_is_offered():
    assert alone(PROMISE) == {"id": "alone", "do": "downlink", "seconds": 4, "rate": 200_000_000}


def test_slices_without_rates_fill_the_network_too():
    orders = together(SITE)

    assert [(one["do"], one["rate"], one["count"]) for one in orders["video"]] == [("downlink", 200_000_000, 2)]
    assert [(one["do"], one["rate"], one["meet"]) for one in orders["urllc"]] == [("downlink", None, "downlink")]


def test_each_slice_is_idle_once_while_the_others_send():
    orders = round_trips(SITE)

    assert [(one["meet"], one["do"]) for one in orders["video"]] == [
        ("idle", "latency"),
        ("loaded-video", "latency"),
        ("loaded-urllc", "both"),
    ]
    assert [one["do"] for one in orders["urllc"]] == ["latency", "both", "latency"]
    assert orders["video"][2]["rates"] == {"downlink": 200_000_000, "uplink": None}


def test_a_slice_by_itself_meets_no_load():
    assert [one["meet"] for one in round_trips(site(slices=[VIDEO]))["video"]] == ["idle"]


def test_payload_counts_with_its_headers():
    found = flow({"windows": [1_448_000], "mss": 1448, "header": 52, "node": "edge-2", "peer": "edge-1"})

    assert found == Flow((12_000_000.0,), "edge-2", "edge-1")


def test_what_failed_is_kept():
    assert flow({"error": "timed out", "node": "n"}) == Flow((), "n", "", "timed out")
    assert flow({}).fault == "the probe's pod said nothing"
    assert result_of([{"id": "a", "x": 1}], "a") == {"id": "a", "x": 1}
    assert result_of([{"ended": True}], "a") == {}
