"""GSTs as service catalogues hold them: the template, and filled in."""

import json
from pathlib import Path
from typing import Any

import pytest

from mecctl.standards.nest import Reading, read
from mecctl.standards.nest.gst.names import (
    AMOUNTS,
    AREA,
    DATA_NETWORK_ACCESS,
    FIVE_QI,
    ISOLATION_LEVEL,
    LOGICAL,
    MC_CAPABILITY,
    MC_SERVICE,
    MISSION_CRITICAL,
    OWN,
    SNSSAI,
)

TEMPLATE = Path(__file__).parents[3] / "data" / "nest" / "openslice_gst_5.0.0.json"
MAXIMUM = "Downlink throughput per network slice: Maximum downlink throughput"
GUARANTEE = "Downlink throughput per network slice: Guaranteed downlink throughput quota"
DELAY = "Slice quality of service parameters: Packet Delay Budget"
PACKET = "Maximum supported packet size"


def value(text: Any, unit: Any = "N/A", *, chosen: Any = True, alias: str | None = None) -> dict[str, Any]:
    return {"isDefault": chosen, "unitOfMeasure": unit, "value": {"value": text, "alias": alias}}


def filled(characteristics: dict[str, list[dict[str, Any]]]) -> Reading:
    listed = [{"name": name, "serviceSpecCharacteristicValue": values} for name, values in characteristics.items()]
    return read(json.dumps({"name": "n", "serviceSpecCharacteristic": listed}, indent=1), "g.json")


def test_the_template_says_what_has_a_default_and_what_is_not_filled_in():
    nest = read(TEMPLATE.read_text(), "gst.json")
    assert (nest.form, nest.name, nest.faults, nest.unmet) == ("a GSMA GST in TMF633 form", "GST External", {}, [])
    assert nest.fields == {
        "availability": "95%",
        "maxPacketSize": {"downlink": "1500B", "uplink": "1500B"},
        "maxUEs": 10_000,
        "maxPDUSessions": 10_000,
        "isolation": "none",
        "missionCritical": {"supported": False},
        "dataNetworkAccess": ["internet"],
    }
    assert {MAXIMUM, GUARANTEE, DELAY, FIVE_QI, AREA, "Radio spectrum"} <= set(nest.unfilled)
    assert nest.annotations["mec.io/nest-Delay-tolerance"] == "0"
    assert json.loads(nest.annotations["mec.io/nest-Data-network-access-Tunnelling-mechanism"]) == ["0", "2"]


def test_every_characteristic_of_the_template_ends_up_somewhere():
    """7 give a field, 26 are carried, 34 have no value; the other 12 are headings without values."""
    nest = read(TEMPLATE.read_text(), "gst.json")
    listed = json.loads(TEMPLATE.read_text())["serviceSpecCharacteristic"]
    with_values = [one["name"] for one in listed if one.get("serviceSpecCharacteristicValue")]
    mapped = {nest.attribute(leaf) for leaf in nest.leaves}
    carried = set(nest.carried) - {"description", "version"}
    assert (len(listed), len(mapped), len(carried), len(nest.unfilled)) == (79, 7, 26, 34)
    assert sorted(with_values) == sorted([*mapped, *carried, *nest.unfilled])


def test_the_names_are_those_of_the_template():
    """But for the ones of our own, and the uplink's guarantee, which this version of the template lacks."""
    there = {one["name"] for one in json.loads(TEMPLATE.read_text())["serviceSpecCharacteristic"]}
    ours = {*AMOUNTS, AREA, DATA_NETWORK_ACCESS, FIVE_QI, ISOLATION_LEVEL, LOGICAL, MISSION_CRITICAL}
    ours |= {MC_CAPABILITY, MC_SERVICE, SNSSAI}
    assert ours - there == {*OWN, "Uplink throughput per network slice: Guaranteed uplink throughput quota"}


@pytest.mark.parametrize(
    ("characteristics", "fields"),
    [
        ({MAXIMUM: [value("50000", "kbps")]}, {"throughput": {"downlink": {"maximum": "50Mbps"}}}),
        ({MAXIMUM: [value("50", "Mbps")]}, {"throughput": {"downlink": {"maximum": "50Mbps"}}}),
        ({MAXIMUM: [value(50000, "kbit/s")]}, {"throughput": {"downlink": {"maximum": "50Mbps"}}}),
        (
            {MAXIMUM.upper().replace(" ", "  "): [value("1", "Gbps")]},
            {"throughput": {"downlink": {"maximum": "1Gbps"}}},
        ),
        ({DELAY: [value("10", "millisecond")]}, {"latency": {"downlink": "10ms", "uplink": "10ms"}}),
        ({DELAY: [value("0.02", "Seconds")]}, {"latency": {"downlink": "20ms", "uplink": "20ms"}}),
        ({f"{DELAY}: Uplink": [value("5", "ms")]}, {"latency": {"uplink": "5ms"}}),
        ({FIVE_QI: [value("7")]}, {"qos": {"fiveQI": 7}}),
        ({FIVE_QI: [value("1", chosen=False), value("82"), value("7")]}, {"qos": {"fiveQI": [82, 7]}}),
        ({ISOLATION_LEVEL: [value("1")]}, {"isolation": "physical"}),
        ({ISOLATION_LEVEL: [value("2")]}, {"isolation": "tenant"}),
        ({ISOLATION_LEVEL: [value("2")], LOGICAL: [value("1")]}, {"isolation": "virtual-resource"}),
        ({ISOLATION_LEVEL: [value("2")], LOGICAL: [value("2")]}, {"isolation": "network-function"}),
        ({ISOLATION_LEVEL: [value("2")], LOGICAL: [value("3")]}, {"isolation": "tenant"}),
        (
            {MISSION_CRITICAL: [value("1")], MC_CAPABILITY: [value("2"), value("3")], MC_SERVICE: [value("4")]},
            {
                "missionCritical": {
                    "supported": True,
                    "capabilities": ["pre-emption", "local-control"],
                    "services": ["iops"],
                }
            },
        ),
        (
            {
                MISSION_CRITICAL: [value("1")],
                MC_SERVICE: [value("4", alias="IOPS"), value("4", alias="MC interworking")],
            },
            {"missionCritical": {"supported": True, "services": ["iops", "mc-interworking"]}},
        ),
        ({AREA: [value("DE"), value("FR")]}, {"coverage": ["DE", "FR"]}),
        ({DATA_NETWORK_ACCESS: [value("1"), value("2")]}, {"dataNetworkAccess": ["private-network", "local"]}),
        ({SNSSAI: [value("1-0000A1")]}, {"snssai": {"sst": 1, "sd": "0000a1"}}),
        ({SNSSAI: [value("128")]}, {"snssai": {"sst": 128, "sd": None}}),
    ],
)
def test_mapped(characteristics, fields):
    nest = filled(characteristics)
    assert (nest.fields, nest.faults, nest.carried) == (fields, {}, {})


def test_what_kind_of_isolation_counts_only_where_it_is_logical():
    nest = filled({ISOLATION_LEVEL: [value("0")], LOGICAL: [value("1")]})
    assert nest.fields == {"isolation": "none"}
    assert list(nest.carried) == [LOGICAL]


@pytest.mark.parametrize(
    ("characteristics", "of", "said"),
    [
        ({MAXIMUM: [value("-", "kbps")]}, "throughput", f"g.json:10: {MAXIMUM}: '-' isn't a number; a number with a"),
        (
            {MAXIMUM: [value("10 Mbps", "kbps")]},
            "throughput",
            "'10 Mbps' isn't a number; a number with a decimal point",
        ),
        ({MAXIMUM: [value("10,5", "kbps")]}, "throughput", "'10,5' isn't a number"),
        ({MAXIMUM: [value("nan", "kbps")]}, "throughput", "'nan' isn't a number"),
        ({MAXIMUM: [value("-5", "kbps")]}, "throughput", "isn't a rate"),
        ({MAXIMUM: [value("10")]}, "throughput", f"{MAXIMUM}: has no unit; kbps, kbit/s, bps, mbps, gbps"),
        ({MAXIMUM: [value("10", None)]}, "throughput", "has no unit"),
        ({MAXIMUM: [value("10", "Bytes")]}, "throughput", "'Bytes' isn't a unit of it; kbps"),
        (
            {MAXIMUM: [value("10", "kbps"), value("20", "kbps")]},
            "throughput",
            "2 values are chosen; one with isDefault",
        ),
        (
            {GUARANTEE: [value("2000", "kbps")], MAXIMUM: [value("1", "Mbps")]},
            "throughput",
            f"{MAXIMUM}: the guaranteed rate 2Mbps is over the maximum 1Mbps; a maximum at or over the guarantee",
        ),
        (
            {DELAY: [value("20000", "Seconds")]},
            "latency",
            f"{DELAY}: '20000s' can't be a delay; a number and ns, us, ms",
        ),
        ({DELAY: [value("10", "kbps")]}, "latency", "'kbps' isn't a unit of it; seconds"),
        ({PACKET: [value("0", "Bytes")]}, "maxPacketSize", f"{PACKET}: 0 isn't a size"),
        ({PACKET: [value("1500")]}, "maxPacketSize", "has no unit; bytes, byte"),
        ({"Availability": [value("101", "percent")]}, "availability", "'101%' isn't a share"),
        ({"Maximum number of UEs": [value("example")]}, "maxUEs", "'example' isn't a number"),
        ({"Maximum number of UEs": [value("7", "Bytes")]}, "maxUEs", "'Bytes' isn't a unit of it; n/a"),
        ({FIVE_QI: [value("10")]}, "qos", f"{FIVE_QI}: 10 isn't a known 5QI"),
        ({FIVE_QI: [value("seven")]}, "qos", "'seven' isn't a known 5QI"),
        ({ISOLATION_LEVEL: [value("3")]}, "isolation", "3 isn't known; 0 none, 1 physical, 2 tenant"),
        ({ISOLATION_LEVEL: [value("0"), value("2")]}, "isolation", "2 values are chosen"),
        (
            {MISSION_CRITICAL: [value("2")]},
            "missionCritical",
            "'2' isn't known; 0 non-mission-critical, 1 mission-crit",
        ),
        (
            {MISSION_CRITICAL: [value("1")], MC_CAPABILITY: [value("9")]},
            "missionCritical",
            "9 isn't known; 1 inter-user",
        ),
        ({AREA: [value("-")]}, "coverage", "'-' isn't an area's name; a name or an ISO 3166-1 alpha-2 country code"),
        ({DATA_NETWORK_ACCESS: [value("-")]}, "dataNetworkAccess", "'-' isn't known; 0 internet"),
        ({SNSSAI: [value("example")]}, "snssai", "sst 'example' with sd None isn't an S-NSSAI"),
    ],
)
def test_values_that_can_not_be_used(characteristics, of, said):
    nest = filled(characteristics)
    assert list(nest.faults) == [of]
    assert said in str(nest.faults[of][0])
    assert of not in nest.fields
