"""NESTs as slice managers write them, and everything else that calls itself one."""

import json
from pathlib import Path
from typing import Any

import pytest

from mecctl.errors import InputError
from mecctl.standards.nest import Nest, read

DATA = Path(__file__).parents[1] / "data" / "nest"


def base(**attributes: Any) -> Nest:
    return read(json.dumps({"base_slice_descriptor": attributes}, indent=1), "n.json")


def faults(nest: Nest) -> list[str]:
    return [str(problem) for problems in nest.faults.values() for problem in problems]


def test_a_real_nest():
    nest = read((DATA / "katana_nest_embb.json").read_text(), "embb.json")
    assert nest.faults == {}
    assert nest.fields == {"throughput": {"downlink": {"guaranteed": "1500Mbps"}, "uplink": {"guaranteed": "50Kbps"}}}
    services = json.loads(nest.annotations.pop("mec.io/nest-service-descriptor"))
    assert [service["ns-name"] for service in services["ns_list"]] == ["dummy_ns", "dummy_ns_core"]
    assert nest.annotations == {
        "mec.io/downlink-guaranteed": "1500Mbps",
        "mec.io/uplink-guaranteed": "50Kbps",
        "mec.io/ue-downlink-guaranteed": "1500Mbps",
        "mec.io/ue-uplink-guaranteed": "60Kbps",
        "mec.io/mtu": "1500 bytes",
        "mec.io/nest-base-slice-des-id": "O5GCore",
        "mec.io/nest-coverage": '["Minilab"]',
        "mec.io/nest-delay-tolerance": "true",
    }


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        ({"sst": 1}, {"snssai": {"sst": 1, "sd": None}}),
        ({"sst": "01", "sd": "0x0000A1"}, {"snssai": {"sst": 1, "sd": "0000a1"}}),
        ({"qos": [{"qi": 9}]}, {"qos": {"fiveQI": 9}}),
        ({"qos": {"qi": 7}}, {"qos": {"fiveQI": 7}}),
        ({"qos": [{"qi": 9}, {"qi": 82}, {"qi": 7}]}, {"qos": {"fiveQI": 82}}),
        ({"isolation_level": {"isolation": 0}}, {"isolation": "none"}),
        ({"isolation_level": {"isolation": 2}}, {"isolation": "tenant"}),
        (
            {"network_UL_throughput": {"guaranteed": 0, "maximum": 1.5}},
            {"throughput": {"uplink": {"guaranteed": "0bps", "maximum": "1500bps"}}},
        ),
        ({"ue_DL_throughput": {"maximum": 5000}}, {}),
        ({"number_of_terminals": 10}, {}),
    ],
)
def test_mapped(attributes, fields):
    nest = base(**attributes)
    assert nest.fields == fields
    assert nest.faults == {}


@pytest.mark.parametrize(
    ("attributes", "annotations"),
    [
        ({"number_of_terminals": 10}, {"mec.io/max-ues": "10"}),
        ({"number_of_connections": 20}, {"mec.io/max-sessions": "20"}),
        ({"ue_DL_throughput": {"maximum": 5000}}, {"mec.io/ue-downlink-maximum": "5Mbps"}),
        ({"qos": [{"qi": 9, "jitter": 1}]}, {"mec.io/nest-qos": '[{"qi": 9, "jitter": 1}]'}),
        ({"qos": [{"qi": 9}]}, {}),
        ({"device velocity (km/h)": 3}, {"mec.io/nest-device-velocity-km-h": "3"}),
        ({"a b": 1, "a-b": 2}, {"mec.io/nest-a-b": "1", "mec.io/nest-a-b-x": "2"}),
        ({"x" * 100: 1}, {f"mec.io/nest-{'x' * 55}": "1"}),
        ({"isolation": 3}, {"mec.io/nest-isolation": "3"}),
        ({"sd": "0000a1"}, {"mec.io/nest-sd": "0000a1"}),
    ],
)
def test_carried(attributes, annotations):
    assert base(**attributes).annotations == annotations


def test_every_attribute_ends_up_somewhere():
    attributes = {f"attribute_{number}": {"value": number} for number in range(50)}
    nest = base(**attributes)
    assert [json.loads(value) for value in nest.annotations.values()] == list(attributes.values())
    assert nest.carried == list(attributes)


@pytest.mark.parametrize(
    ("attributes", "of", "said"),
    [
        ({"sst": 300}, "snssai", "base_slice_descriptor.sst: sst 300 with sd None isn't an S-NSSAI; sst 0 to 255"),
        ({"sst": 1, "sd": 10203}, "snssai", "sst 1 with sd 10203 isn't an S-NSSAI"),
        ({"sst": "-", "sd": "example"}, "snssai", "sst '-' with sd 'example' isn't an S-NSSAI"),
        ({"qos": [{"qi": 10}]}, "qos", "base_slice_descriptor.qos: qi 10 isn't a known 5QI; a qi of 1, 2"),
        ({"qos": [{"qi": 9}, {"qi": "7"}]}, "qos", "qi '7' isn't a known 5QI"),
        ({"qos": []}, "qos", "qi None isn't a known 5QI"),
        ({"qos": "-"}, "qos", "qi None isn't a known 5QI"),
        ({"qos": [{"qi": True}]}, "qos", "qi True isn't a known 5QI"),
        ({"isolation_level": {"isolation": 1}}, "isolation", "asks for physical isolation, which isn't built yet"),
        ({"isolation_level": {"isolation": 3}}, "isolation", "write isolation: tenant beside nest: in site.yaml"),
        ({"isolation_level": {"isolation": 9}}, "isolation", "isolation 9 isn't known; 0 none, 1 physical"),
        ({"isolation_level": "-"}, "isolation", "isolation '-' isn't known"),
        ({"network_DL_throughput": 113}, "throughput", "n.json:3: base_slice_descriptor.network_DL_throughput: 113"),
        (
            {"network_DL_throughput": {"guaranteed": "-"}},
            "throughput",
            "n.json:4: base_slice_descriptor.network_DL_throughput.guaranteed: '-' isn't a rate; a number of kbit/s",
        ),
        ({"ue_UL_throughput": {"maximum": "50Mbps"}}, "throughput", "'50Mbps' isn't a rate; a number of kbit/s"),
        ({"ue_UL_throughput": {"maximum": -1}}, "throughput", "-1 isn't a rate"),
        ({"ue_UL_throughput": {"maximum": True}}, "throughput", "True isn't a rate"),
        ({"ue_UL_throughput": {"minimum": 1}}, "throughput", "isn't a known rate; guaranteed or maximum"),
        (
            {"network_UL_throughput": {"guaranteed": 2000, "maximum": 1000}},
            "throughput",
            "guarantees 2Mbps, over its maximum 1Mbps; a maximum at or over the guarantee",
        ),
        ({"mtu": "example"}, "mtu", "base_slice_descriptor.mtu: 'example' isn't a count; a whole number from 1"),
        ({"number_of_terminals": 0}, "max-ues", "0 isn't a count"),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "n.json:1: isn't valid JSON"),
        ("[1]", "n.json:1: holds no object; an object in JSON"),
        ("{}", "n.json:1: isn't a NEST: it has no base_slice_descriptor (its keys: none); a GSMA NEST"),
        ('{"slice": 1, "x": 2}', "n.json:1: isn't a NEST: it has no base_slice_descriptor (its keys: 'slice', 'x')"),
        ('{"a": 1,\n"base_slice_descriptor": []}', "n.json:2: base_slice_descriptor: isn't an object"),
        ('{"orderItem": []}', "n.json:1: is a TMF641 service order, a form that isn't read yet"),
        ('{"sliceQosProfile": {}}', "n.json:1: is a CAMARA NetworkSliceBooking request, a form that isn't read yet"),
        ('{"dLThptPerSlice": {}}', "n.json:1: is a 3GPP TS 28.541 ServiceProfile, a form that isn't read yet"),
    ],
)
def test_files_that_are_no_nest(text, said):
    with pytest.raises(InputError) as refused:
        read(text, "n.json")
    assert str(refused.value).startswith(said)


def test_the_gst_is_recognised_and_refused_by_name():
    with pytest.raises(InputError) as refused:
        read((DATA / "openslice_gst_5.0.0.json").read_text(), "gst.json")
    assert str(refused.value) == (
        "gst.json:1: is a GSMA GST in TMF633 form (ServiceSpecification), a form that isn't read yet; "
        "a NEST with base_slice_descriptor, or the slice's values in site.yaml instead of nest:"
    )
