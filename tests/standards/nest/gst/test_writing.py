"""A slice as a GST: characteristics as a service catalogue takes them."""

from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import write


def characteristic(name: str, kind: str, unit: str, inner: str, *values: dict[str, str]) -> dict[str, object]:
    listed = [{"isDefault": True, "unitOfMeasure": unit, "valueType": inner, "value": value} for value in values]
    return {"name": name, "valueType": kind, "serviceSpecCharacteristicValue": listed}


def test_written():
    part = Slice.model_validate(
        {
            "name": "video",
            "snssai": {"sst": 1, "sd": "0000a1"},
            "qos": {"fiveQI": [7, 82]},
            "latency": {"downlink": "10ms"},
            "maxPacketSize": "1500B",
            "isolation": "network-function",
            "ueThroughput": {"downlink": {"guaranteed": "1500bps"}},
            "missionCritical": {"supported": True, "services": ["mc-interworking"]},
            "coverage": ["DE"],
        }
    )
    quality = "Slice quality of service parameters"
    written = write(part, Form.gst)
    assert written.left_out == {}
    assert (written.document["name"], written.document["isBundle"]) == ("video", False)
    assert written.document["serviceSpecCharacteristic"] == [
        characteristic("S-NSSAI", "TEXT", "N/A", "TEXT", {"value": "1-0000a1"}),
        characteristic(
            "Downlink maximum throughput per UE: Guaranteed downlink throughput per UE value",
            "FLOAT",
            "kbps",
            "FLOAT",
            {"value": "1.5"},
        ),
        characteristic("Maximum supported packet size", "INTEGER", "Bytes", "INTEGER", {"value": "1500"}),
        characteristic(f"{quality}: Packet Delay Budget: Downlink", "FLOAT", "Seconds", "FLOAT", {"value": "0.01"}),
        characteristic("Isolation level: Isolation", "ENUM", "N/A", "ENUM", {"value": "2", "alias": "logical"}),
        characteristic(
            "Isolation level: Logical Isolation", "ENUM", "N/A", "ENUM", {"value": "2", "alias": "network-function"}
        ),
        characteristic("Mission critical support", "BINARY", "N/A", "BINARY", {"value": "1"}),
        characteristic(f"{quality}: 3GPP 5QI", "ARRAY", "N/A", "INTEGER", {"value": "7"}, {"value": "82"}),
        characteristic(
            "Mission critical support: Mission-critical service support",
            "ARRAY",
            "N/A",
            "INTEGER",
            {"value": "5", "alias": "mc-interworking"},
        ),
        characteristic("Area of Service", "SET", "N/A", "TEXT", {"value": "DE"}),
    ]
