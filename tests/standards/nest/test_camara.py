"""CAMARA's bookings: requests and answers, each amount with its unit."""

import json
from typing import Any

import pytest

from mecctl.errors import InputError
from mecctl.standards.nest import Reading, read

BOOKING: dict[str, Any] = {
    "sliceId": "0fd5b5b2-8c8e-4d3a-9a52-7c1c8f2c4f11",
    "serviceTime": {"startDate": "2026-06-01T12:00:00Z", "endDate": "2026-06-01T18:00:00Z"},
    "serviceArea": {"areaType": "CIRCLE", "center": {"latitude": 52.5, "longitude": 13.4}, "radius": 500},
    "sliceQosProfile": {
        "maxNumOfDevices": 20,
        "downStreamRatePerDevice": {"value": 10, "unit": "Mbps"},
        "upStreamRatePerDevice": {"value": 500, "unit": "kbps"},
        "downStreamDelayBudget": {"value": 10, "unit": "Milliseconds"},
        "upStreamDelayBudget": {"value": 20000, "unit": "Microseconds"},
    },
    "sink": "https://events.example/in?token=8f3a",
    "sinkCredential": {"credentialType": "ACCESSTOKEN", "accessToken": "very-secret"},
}


def booking(**profile: Any) -> Reading:
    return read(json.dumps({"sliceQosProfile": profile}, indent=1), "b.json")


def test_a_booking():
    nest = read(json.dumps(BOOKING), "b.json")
    assert (nest.form, nest.faults) == ("a CAMARA NetworkSliceBooking", {})
    assert nest.fields == {
        "maxUEs": 20,
        "ueThroughput": {"downlink": {"maximum": "10Mbps"}, "uplink": {"maximum": "500Kbps"}},
        "latency": {"downlink": "10ms", "uplink": "20ms"},
    }
    assert [problem.field for problem in nest.unmet] == ["serviceTime", "serviceArea", "sink", "sinkCredential"]
    assert json.loads(nest.annotations["mec.io/nest-serviceArea"])["radius"] == 500
    assert set(nest.carried) == {"sliceId", "serviceTime", "serviceArea"}


def test_no_secret_ends_up_in_an_annotation():
    said = repr(read(json.dumps(BOOKING), "b.json"))
    assert "very-secret" not in said
    assert "8f3a" not in said


@pytest.mark.parametrize(
    ("unit", "value", "latency"),
    [
        ("Nanoseconds", 5, "5ns"),
        ("Microseconds", 5, "5us"),
        ("Milliseconds", 5, "5ms"),
        ("Seconds", 5, "5s"),
        ("Minutes", 1, "60s"),
    ],
)
def test_times(unit, value, latency):
    assert booking(upStreamDelayBudget={"value": value, "unit": unit}).fields == {"latency": {"uplink": latency}}


@pytest.mark.parametrize(
    ("profile", "of", "said"),
    [
        ({"upStreamDelayBudget": {"value": 1, "unit": "Days"}}, "latency", "'86400s' can't be a delay"),
        (
            {"upStreamDelayBudget": {"value": 1, "unit": "ms"}},
            "latency",
            "b.json:5: sliceQosProfile.upStream",
        ),
        ({"upStreamDelayBudget": {"value": 1, "unit": "Mbps"}}, "latency", "'Mbps' isn't a unit of it; Nanoseconds"),
        (
            {"upStreamDelayBudget": {"value": "-", "unit": "Seconds"}},
            "latency",
            "'-' isn't a time; a number of Sec",
        ),
        ({"upStreamDelayBudget": 10}, "latency", '10 isn\'t an amount; {"value": number, "unit": text}'),
        ({"upStreamDelayBudget": {"value": 1}}, "latency", "this isn't an amount"),
        (
            {"downStreamRatePerDevice": {"value": 1, "unit": ["x"]}},
            "ueThroughput",
            "this isn't a unit of it; bps",
        ),
        ({"maxNumOfDevices": 0}, "maxUEs", "b.json:3: sliceQosProfile.maxNumOfDevices: 0 isn't a count"),
    ],
)
def test_amounts_that_can_not_be_used(profile, of, said):
    nest = booking(**profile)
    assert list(nest.faults) == [of]
    assert said in str(nest.faults[of][0])


def test_a_profile_that_is_none():
    with pytest.raises(InputError, match=r"b.json:1: sliceQosProfile: isn't an object; the slice's attributes"):
        read('{"sliceQosProfile": []}', "b.json")
