"""NESTs as slice managers write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import Reading, read, write

DATA = Path(__file__).parents[2] / "data" / "nest"


def base(**attributes: Any) -> Reading:
    return read(json.dumps({"base_slice_descriptor": attributes}, indent=1), "n.json")


def faults(nest: Reading) -> list[str]:
    return [str(problem) for problems in nest.faults.values() for problem in problems]


def both(value: object) -> dict[str, object]:
    return {"downlink": value, "uplink": value}


def test_a_real_nest():
    nest = read((DATA / "katana_nest_embb.json").read_text(), "embb.json")
    assert (nest.form, nest.name, nest.faults, nest.unmet, nest.unfilled) == ("a Katana NEST", "O5GCore", {}, [], [])
    assert nest.fields == {
        "throughput": {"downlink": {"guaranteed": "1500Mbps"}, "uplink": {"guaranteed": "50Kbps"}},
        "ueThroughput": {"downlink": {"guaranteed": "1500Mbps"}, "uplink": {"guaranteed": "60Kbps"}},
        "maxPacketSize": both("1500B"),
        "coverage": ["Minilab"],
    }
    services = json.loads(nest.annotations.pop("mec.io/nest-service-descriptor"))
    assert [service["ns-name"] for service in services["ns_list"]] == ["dummy_ns", "dummy_ns_core"]
    assert nest.annotations == {"mec.io/nest-base-slice-des-id": "O5GCore", "mec.io/nest-delay-tolerance": "true"}


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        ({"sst": 1}, {"snssai": {"sst": 1, "sd": None}}),
        ({"sst": "01", "sd": "0x0000A1"}, {"snssai": {"sst": 1, "sd": "0000a1"}}),
        ({"sst": 1, "sd": "ffffff"}, {"snssai": {"sst": 1, "sd": None}}),
        ({"qos": [{"qi": 9}]}, {"qos": {"fiveQI": 9}}),
        ({"qos": {"qi": 7}}, {"qos": {"fiveQI": 7}}),
        ({"qos": [{"qi": 9}, {"qi": 82}]}, {"qos": {"fiveQI": [9, 82]}}),
        ({"qos": [{"qi": 82, "packet_delay_budget": 0.01}]}, {"qos": {"fiveQI": 82}, "latency": both("10ms")}),
        ({"isolation_level": {"isolation": 0}}, {"isolation": "none"}),
        ({"isolation_level": {"isolation": 1}}, {"isolation": "physical"}),
        ({"isolation_level": {"isolation": 2}}, {"isolation": "tenant"}),
        ({"isolation_level": {"isolation": 3}}, {"isolation": "physical"}),
        ({"isolation": 0}, {"isolation": "none"}),
        ({"isolation": 1}, {"isolation": "network-function"}),
        (
            {"network_UL_throughput": {"guaranteed": 0, "maximum": 1.5}},
            {"throughput": {"uplink": {"guaranteed": "0bps", "maximum": "1500bps"}}},
        ),
        ({"ue_DL_throughput": {"maximum": 5000}}, {"ueThroughput": {"downlink": {"maximum": "5Mbps"}}}),
        ({"number_of_terminals": 10}, {"maxUEs": 10}),
        ({"number_of_connections": 20}, {"maxPDUSessions": 20}),
        ({"mission_critical_support": False}, {"missionCritical": {"supported": False}}),
        (
            {"mission_critical_support": {"availability": True, "mc_service": [1, 5]}},
            {"missionCritical": {"supported": True, "services": ["mcptt", "mc-interworking"]}},
        ),
        ({"coverage": "Minilab"}, {"coverage": ["Minilab"]}),
    ],
)
def test_mapped(attributes, fields):
    nest = base(**attributes)
    assert (nest.fields, nest.faults, nest.annotations) == (fields, {}, {})


@pytest.mark.parametrize(
    ("attributes", "annotations"),
    [
        ({"qos": [{"qi": 9, "jitter": 1}]}, {"mec.io/nest-qos": '[{"qi": 9, "jitter": 1}]'}),
        ({"isolation_level": {"isolation": 0, "x": 1}}, {"mec.io/nest-isolation-level": '{"isolation": 0, "x": 1}'}),
        ({"isolation": 3}, {"mec.io/nest-isolation": "3"}),
        ({"isolation": [3]}, {}),
        ({"sd": "0000a1"}, {"mec.io/nest-sd": "0000a1"}),
        (
            {"mission_critical_support": {"availability": False, "mc_service": [1]}},
            {"mec.io/nest-mission-critical-support": '{"mc_service": [1]}'},
        ),
        (
            {"qos": [{"qi": 9, "packet_delay_budget": 1}, {"qi": 7, "packet_delay_budget": 2}]},
            {"mec.io/nest-qos": '[{"qi": 9, "packet_delay_budget": 1}, {"qi": 7, "packet_delay_budget": 2}]'},
        ),
    ],
)
def test_carried(attributes, annotations):
    assert base(**attributes).annotations == annotations


def test_every_attribute_ends_up_somewhere():
    attributes = {f"attribute_{number}": {"value": number} for number in range(50)}
    nest = base(**attributes)
    assert [json.loads(value) for value in nest.annotations.values()] == list(attributes.values())
    assert list(nest.carried) == list(attributes)


def test_isolation_in_the_ran_can_not_be_honoured():
    (unmet,) = base(isolation=2).unmet
    assert str(unmet) == "n.json:3: base_slice_descriptor.isolation: isolation in the RAN (2, 3) is no part of a site"


@pytest.mark.parametrize(
    ("attributes", "of", "said"),
    [
        ({"sst": 300}, "snssai", "base_slice_descriptor.sst: sst 300 with sd None isn't an S-NSSAI; sst 0 to 255"),
        ({"sst": 1, "sd": 10203}, "snssai", "sst 1 with sd 10203 isn't an S-NSSAI"),
        ({"sst": "-", "sd": "example"}, "snssai", "sst '-' with sd 'example' isn't an S-NSSAI"),
        ({"qos": [{"qi": 10}]}, "qos", "base_slice_descriptor.qos: 10 isn't a known 5QI; one of 1, 2"),
        ({"qos": [{"qi": 9}, {"qi": "7"}]}, "qos", "'7' isn't a known 5QI"),
        ({"qos": [{"qi": 9}, {"qi": 9}]}, "qos", "5QI 9 comes 2 times; each 5QI once"),
        ({"qos": []}, "qos", "there is no 5QI"),
        ({"qos": "-"}, "qos", "None isn't a known 5QI"),
        ({"qos": [{"qi": True}]}, "qos", "True isn't a known 5QI"),
        ({"qos": {"qi": 9, "packet_delay_budget": 20000}}, "latency", "'20000s' can't be a delay; a number and ns"),
        ({"qos": {"qi": 9, "packet_delay_budget": "10ms"}}, "latency", "'10ms' isn't a time; a number of s, over 0"),
        ({"isolation_level": {"isolation": 9}}, "isolation", "9 isn't known; 0 none, 1 physical, 2 tenant, 3 physical"),
        ({"isolation_level": "-"}, "isolation", "'-' isn't known"),
        ({"isolation": 4}, "isolation", "4 isn't known; 0 none, 1 network-function"),
        ({"network_DL_throughput": 113}, "throughput", "n.json:3: base_slice_descriptor.network_DL_throughput: 113"),
        (
            {"network_DL_throughput": {"guaranteed": "-"}},
            "throughput",
            "n.json:4: base_slice_descriptor.network_DL_throughput.guaranteed: '-' isn't a rate; a number of kbit/s",
        ),
        ({"ue_UL_throughput": {"maximum": "50Mbps"}}, "ueThroughput", "'50Mbps' isn't a rate; a number of kbit/s"),
        ({"ue_UL_throughput": {"maximum": -1}}, "ueThroughput", "-1 isn't a rate"),
        ({"ue_UL_throughput": {"maximum": True}}, "ueThroughput", "True isn't a rate"),
        ({"ue_UL_throughput": {"minimum": 1}}, "ueThroughput", "isn't known here; guaranteed or maximum"),
        (
            {"network_UL_throughput": {"guaranteed": 2000, "maximum": 1000}},
            "throughput",
            (
                "n.json:5: base_slice_descriptor.network_UL_throughput.maximum: the guaranteed rate 2Mbps is over the "
                "maximum 1Mbps; a maximum at or over the guarantee"
            ),
        ),
        ({"mtu": "example"}, "maxPacketSize", "mtu: 'example' isn't a size; a whole number of bytes, from 1"),
        ({"mtu": 0}, "maxPacketSize", "0 isn't a size"),
        ({"mtu": 70000}, "maxPacketSize", "'70000B' isn't a packet's size; bytes from 1B to 65535B"),
        ({"number_of_terminals": 0}, "maxUEs", "0 isn't a count; a whole number from 1"),
        ({"mission_critical_support": "-"}, "missionCritical", "availability '-' isn't known; true or false"),
        ({"mission_critical_support": {"availability": True, "mc_service": [9]}}, "missionCritical", "9 isn't known"),
        ({"coverage": ["-"]}, "coverage", "'-' isn't an area's name"),
    ],
)
def test_values_that_can_not_be_used(attributes, of, said):
    nest = base(**attributes)
    assert list(nest.faults) == [of]
    assert said in faults(nest)[0]
    assert of not in nest.fields


def test_the_line_is_that_of_the_key_inside_its_parent():
    nest = base(ue_DL_throughput={"maximum": 1}, network_UL_throughput={"maximum": "-"})
    assert faults(nest)[0].startswith("n.json:7: ")


def test_written():
    part = Slice.model_validate(
        {
            "name": "video",
            "snssai": {"sst": 1, "sd": "0000a1"},
            "qos": {"fiveQI": [7, 82]},
            "latency": "10ms",
            "isolation": "tenant",
            "throughput": {"downlink": {"maximum": "100Mbps"}},
            "missionCritical": {"supported": True, "capabilities": ["pre-emption"], "services": ["iops"]},
            "availability": "99.9%",
        }
    )
    written = write(part, Form.katana)
    assert written.document == {
        "base_slice_descriptor": {
            "base_slice_des_id": "video",
            "sst": 1,
            "sd": "0000a1",
            "network_DL_throughput": {"maximum": 100_000},
            "qos": [{"qi": 7, "packet_delay_budget": 0.01}, {"qi": 82, "packet_delay_budget": 0.01}],
            "isolation_level": {"isolation": 2},
            "mission_critical_support": {"availability": True, "mc_service": [4]},
        }
    }
    assert written.left_out == {"missionCritical.capabilities": ["pre-emption"], "availability": "99.9%"}
