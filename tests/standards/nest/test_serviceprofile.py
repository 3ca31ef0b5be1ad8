"""3GPP ServiceProfiles, alone and wrapped, of several releases."""

import json
from typing import Any

import pytest

from mecctl.errors import InputError
from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import Reading, read, write

PROFILE: dict[str, Any] = {
    "serviceProfileId": "Video 1",
    "plmnInfoList": [{"plmnId": {"mcc": "001", "mnc": "01"}, "snssai": {"sst": 1, "sd": "0000A1"}}],
    "maxNumberofUEs": 100,
    "dLLatency": 10,
    "uLLatency": 20.5,
    "dLThptPerSlice": {"servAttrCom": {"category": "CHARACTER"}, "guaThpt": 50000, "maxThpt": 100000},
    "uLThptPerUE": {"maxThpt": 2000.5},
    "dLMaxPktSize": {"servAttrCom": {}, "maxsize": 1500},
    "maxNumberofPDUSessions": {"nOofPDUSessions": 200},
    "availability": 99.9,
    "networkSliceSharingIndicator": "NON_SHARED",
    "dataNetworkAccess": {"dataAccessList": [{"dataAccessUsed": "LOCAL_TRAFFIC"}]},
    "coverageArea": ["DE"],
    "uEMobilityLevel": "STATIONARY",
}
FIELDS = {
    "snssai": {"sst": 1, "sd": "0000a1"},
    "throughput": {"downlink": {"guaranteed": "50Mbps", "maximum": "100Mbps"}},
    "ueThroughput": {"uplink": {"maximum": "2000500bps"}},
    "latency": {"downlink": "10ms", "uplink": "20500us"},
    "maxPacketSize": {"downlink": "1500B"},
    "maxUEs": 100,
    "maxPDUSessions": 200,
    "availability": "99.9%",
    "isolation": "network-function",
    "dataNetworkAccess": ["local"],
    "coverage": ["DE"],
}


def profile(**attributes: Any) -> Reading:
    return read(json.dumps({"serviceProfileId": "p", **attributes}, indent=1), "p.json")


def first(nest: Reading) -> str:
    return str(next(iter(nest.faults.values()))[0])


@pytest.mark.parametrize(
    "wrapped",
    [
        PROFILE,
        {"attributes": PROFILE},
        {"serviceProfileList": [PROFILE]},
        {"attributes": {"serviceProfileList": [PROFILE]}},
        {"serviceProfile": PROFILE},
    ],
)
def test_all_of_it_wherever_it_stands(wrapped):
    nest = read(json.dumps(wrapped), "p.json")
    assert nest.form == "a 3GPP TS 28.541 ServiceProfile"
    assert (nest.name, nest.faults, nest.unmet) == ("Video 1", {}, [])
    assert nest.fields == FIELDS
    assert set(nest.annotations) == {
        "mec.io/nest-serviceProfileId",
        "mec.io/nest-plmnInfoList",
        "mec.io/nest-uEMobilityLevel",
    }


def test_what_stands_beside_the_profile_is_carried():
    nest = read(
        json.dumps({"id": "slice-9", "attributes": {"serviceProfileList": [{"maxNumberofUEs": 1}], "x": 1}}), "p"
    )
    assert (nest.name, nest.fields) == ("slice-9", {"maxUEs": 1})
    assert nest.annotations == {"mec.io/nest-id": "slice-9", "mec.io/nest-x": "1"}


@pytest.mark.parametrize(
    ("attributes", "snssai"),
    [
        ({"sNSSAIList": [{"sst": 1, "sd": "0000a1"}]}, "1-0000a1"),
        ({"pLMNInfoList": [{"snssai": {"sst": 1}}]}, "1"),
        ({"plmnInfoList": [{"sNSSAI": {"sst": "01", "sd": "0x0000a1"}}]}, "1-0000a1"),
        ({"sst": 2, "sd": "010203"}, "2-010203"),
        ({"sst": 1, "sNSSAIList": [{"sst": 1, "sd": "0000a1"}]}, "1-0000a1"),
        ({"sNSSAIList": [{"sst": 1}], "plmnInfoList": [{"snssai": {"sst": 1}}, {"snssai": {"sst": 1}}]}, "1"),
    ],
)
def test_s_nssais(attributes, snssai):
    nest = profile(**attributes)
    assert str(Slice(name="s", **nest.fields).snssai) == snssai
    assert set(nest.annotations) == {"mec.io/nest-serviceProfileId"}


@pytest.mark.parametrize(
    ("attributes", "of", "said"),
    [
        ({"sNSSAIList": [{"sst": 1}, {"sst": 2}]}, "snssai", "p.json:3: sNSSAIList[0]: there are 2 S-NSSAIs; one"),
        ({"sNSSAIList": [{"sst": 1, "sd": 10203}]}, "snssai", "sst 1 with sd 10203 isn't an S-NSSAI"),
        ({"sNSSAIList": ["1-0000a1"]}, "snssai", "sst '1-0000a1' with sd None isn't an S-NSSAI"),
        (
            {"sNSSAIList": [{"sst": 1, "sd": "0000a1", "wildcardSd": True}]},
            "snssai",
            "sNSSAIList[0]: has wildcardSd; one S-NSSAI: sst, and sd if it has one",
        ),
        ({"dLLatency": "10ms"}, "latency", "dLLatency: '10ms' isn't a time; a number of ms, over 0"),
        ({"dLLatency": 0}, "latency", "'0s' can't be a delay"),
        (
            {"dLThptPerSlice": {"guaThpt": 2, "maxThpt": 1}},
            "throughput",
            "the guaranteed rate 2Kbps is over the maximum",
        ),
        ({"dLThptPerSlice": {"guaThpt": "-"}}, "throughput", "'-' isn't a rate; a number of kbit/s, 0 or more"),
        ({"dLThptPerSlice": {"minThpt": 1}}, "throughput", "minThpt: isn't known here; guaThpt or maxThpt"),
        ({"uLMaxPktSize": {"maxsize": 0}}, "maxPacketSize", "0 isn't a size; a whole number of bytes, from 1"),
        ({"maxNumberofUEs": "example"}, "maxUEs", "'example' isn't a count; a whole number from 1"),
        ({"availability": 101}, "availability", "'101%' isn't a share; a number over 0 and at most 100"),
        (
            {"networkSliceSharingIndicator": ""},
            "isolation",
            "'' isn't known; SHARED tenant, NON_SHARED network-function",
        ),
        ({"dataNetworkAccess": {"dataAccessList": ["WAN"]}}, "dataNetworkAccess", "'WAN' isn't known"),
        ({"coverageArea": ["-"]}, "coverage", "'-' isn't an area's name"),
    ],
)
def test_values_that_can_not_be_used(attributes, of, said):
    nest = profile(**attributes)
    assert list(nest.faults) == [of]
    assert said in first(nest)


def test_older_releases_write_plain_numbers():
    assert profile(maxNumberofPDUSessions=5, dLMaxPktSize=1500).fields == {
        "maxPDUSessions": 5,
        "maxPacketSize": {"downlink": "1500B"},
    }


@pytest.mark.parametrize("attribute", [{"coverageArea": [{"convexGeoPolygon": []}]}, {"coverageAreaTAList": [1]}])
def test_shapes_are_carried_and_can_not_be_honoured(attribute):
    nest = profile(**attribute)
    (key,) = attribute
    assert [str(unmet) for unmet in nest.unmet] == [
        f"p.json:3: {key}: shapes and tracking areas are the mobile network's and don't count here"
    ]
    assert json.loads(nest.annotations[f"mec.io/nest-{key}"]) == attribute[key]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"serviceProfileList": []}, "p.json:1: serviceProfileList: holds no ServiceProfile; one, for one slice"),
        ({"serviceProfileList": [PROFILE, PROFILE]}, "serviceProfileList: holds 2 ServiceProfiles; one, for one slice"),
        ({"serviceProfileList": [7]}, "serviceProfileList[0]: 7 isn't an object; a ServiceProfile"),
    ],
)
def test_not_one_profile(data, said):
    with pytest.raises(InputError) as refused:
        read(json.dumps(data), "p.json")
    assert said in str(refused.value)


def test_written():
    part = Slice.model_validate({"name": "video", **FIELDS, "qos": {"fiveQI": 7}})
    written = write(part, Form.serviceprofile)
    assert written.document == {
        "serviceProfileId": "video",
        "sNSSAIList": [{"sst": 1, "sd": "0000a1"}],
        **{
            key: {name: amount for name, amount in value.items() if name != "servAttrCom"}
            if isinstance(value, dict)
            else value
            for key, value in PROFILE.items()
            if key not in {"serviceProfileId", "plmnInfoList", "uEMobilityLevel"}
        },
    }
    assert written.left_out == {"qos.fiveQI": 7}
