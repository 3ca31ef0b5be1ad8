"""What a slice asks of the network: 5QIs, rates, delays, sizes, mission-critical communication."""

import pytest
from pydantic import ValidationError

from mecctl.model import FIVE_QI, MissionCritical, Qos, Rate, Slice

SLICE = {"name": "s", "snssai": {"sst": 1}}


@pytest.mark.parametrize(
    ("five_qi", "priority", "budget", "rate", "kind"),
    [
        (1, 20, 100, 1e-2, "GBR"),
        (5, 10, 100, 1e-6, "Non-GBR"),
        (7, 70, 100, 1e-3, "Non-GBR"),
        (9, 90, 300, 1e-6, "Non-GBR"),
        (65, 7, 75, 1e-2, "GBR"),
        (69, 5, 60, 1e-6, "Non-GBR"),
        (82, 19, 10, 1e-4, "Delay-critical GBR"),
        (85, 21, 5, 1e-5, "Delay-critical GBR"),
    ],
)
def test_five_qi_table(five_qi, priority, budget, rate, kind):
    row = FIVE_QI[five_qi]
    assert (row.priority, row.packet_delay_budget_ms, row.packet_error_rate, row.resource_type) == (
        priority,
        budget,
        rate,
        kind,
    )
    assert Qos(five_qis=(five_qi,)).priority == priority


def test_five_qi_table_is_sound():
    assert all(1 <= row.priority <= 127 and row.value == value for value, row in FIVE_QI.items())


@pytest.mark.parametrize("value", [0, 10, 75, 256, "7", True, None])
def test_five_qi_refused(value):
    with pytest.raises(ValidationError, match="one of 1, 2, 3"):
        Qos.model_validate({"fiveQI": value})


@pytest.mark.parametrize(
    ("given", "values", "first", "dumped"),
    [
        (7, (7,), 7, 7),
        ([7], (7,), 7, 7),
        ([9, 82, 7], (9, 82, 7), 82, [9, 82, 7]),
        ([6, 5], (6, 5), 5, [6, 5]),
    ],
)
def test_one_5qi_or_a_list(given, values, first, dumped):
    qos = Qos.model_validate({"fiveQI": given})
    assert (qos.five_qis, qos.five_qi, qos.priority) == (values, first, FIVE_QI[first].priority)
    assert qos.model_dump(by_alias=True) == {"fiveQI": dumped}
    assert Qos.model_validate(qos.model_dump()) == qos


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "there is no 5QI"), ([7, 10], "10 isn't a known 5QI"), ([7, 7], "5QI 7 comes 2 times; each 5QI once")],
)
def test_lists_of_5qis_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        Qos.model_validate({"fiveQI": given})


def test_guarantee_over_maximum():
    with pytest.raises(ValidationError, match="the guaranteed rate 2Mbps is over the maximum 1Mbps"):
        Rate.model_validate({"guaranteed": "2Mbps", "maximum": "1Mbps"})


def test_rates_keep_their_unit_in_a_dump():
    rate = Rate.model_validate({"guaranteed": "50 Mbps"})
    assert rate.guaranteed == 50_000_000
    assert rate.model_dump(exclude_none=True) == {"guaranteed": "50Mbps"}


@pytest.mark.parametrize(
    ("key", "given", "dumped"),
    [
        ("latency", "10ms", {"downlink": "10ms", "uplink": "10ms"}),
        ("latency", {"downlink": "0.5 ms", "uplink": "1s"}, {"downlink": "500us", "uplink": "1s"}),
        ("latency", {"uplink": "250us"}, {"uplink": "250us"}),
        ("maxPacketSize", "1500B", {"downlink": "1500B", "uplink": "1500B"}),
        ("maxPacketSize", {"downlink": "9000 B"}, {"downlink": "9000B"}),
        ("ueThroughput", {"downlink": {"maximum": "5Mbps"}}, {"downlink": {"maximum": "5Mbps"}}),
        ("availability", "99.90%", "99.9%"),
        ("availability", "100%", "100%"),
        ("maxUEs", 10, 10),
        ("maxPDUSessions", 20, 20),
        ("coverage", ["DE", "Minilab"], ("DE", "Minilab")),
        ("dataNetworkAccess", ["local"], ("local",)),
        ("missionCritical", {"supported": True, "services": ["iops"]}, {"supported": True, "services": ("iops",)}),
    ],
)
def test_what_a_slice_asks(key, given, dumped):
    found = Slice.model_validate({**SLICE, key: given})
    plain = found.model_dump(by_alias=True, exclude_unset=True)
    assert plain[key] == dumped
    assert Slice.model_validate(plain) == found
    assert Slice.model_validate_json(found.model_dump_json(by_alias=True)) == found


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("latency", "0ms", "'0ms' can't be a delay; a number and ns, us, ms or s, over 0 and at most 60s"),
        ("latency", "61s", "'61s' can't be a delay"),
        ("latency", "10", "'10' isn't a time"),
        ("latency", {"downlink": 10}, "10 has no unit"),
        ("maxPacketSize", "0B", "'0B' isn't a packet's size; bytes from 1B to 65535B"),
        ("maxPacketSize", "65536B", "isn't a packet's size"),
        ("maxPacketSize", {"uplink": 1500}, "1500 isn't a packet's size"),
        ("availability", "0%", "'0%' isn't a share; a number over 0 and at most 100, and %"),
        ("availability", "100.1%", "isn't a share"),
        ("availability", 99.9, "99.9 isn't a share"),
        ("maxUEs", 0, "greater than or equal to 1"),
        ("maxPDUSessions", "9", "valid integer"),
        ("coverage", [""], "at least 1 character"),
        ("dataNetworkAccess", ["wan"], "'internet', 'private-network' or 'local'"),
        ("missionCritical", {"capabilities": []}, "Field required"),
        ("isolation", "logical", "'none', 'tenant', 'network-function', 'virtual-resource' or 'physical'"),
    ],
)
def test_what_a_slice_can_not_ask(key, given, said):
    with pytest.raises(ValidationError, match=said):
        Slice.model_validate({**SLICE, key: given})


def test_capabilities_are_those_of_a_mission_critical_slice():
    with pytest.raises(ValidationError, match="without being mission-critical; supported: true, or neither"):
        MissionCritical.model_validate({"supported": False, "capabilities": ["pre-emption"]})


@pytest.mark.parametrize("key", ["latency", "maxPacketSize"])
def test_the_schema_allows_one_text_for_both_directions(key):
    options = Slice.model_json_schema(by_alias=True)["properties"][key]["anyOf"]
    assert [option.get("type", "reference") for option in options] == ["string", "reference", "null"]
