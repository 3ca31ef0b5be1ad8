"""S-NSSAIs exactly as 3GPP has them."""

import pytest
from pydantic import ValidationError

from mecctl.model import Slice, Snssai


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"sst": 1}, "1"),
        ({"sst": 0}, "0"),
        ({"sst": 255, "sd": None}, "255"),
        ({"sst": 1, "sd": "0000a1"}, "1-0000a1"),
        ({"sst": 1, "sd": "0000A1"}, "1-0000a1"),
        ({"sst": 1, "sd": "010203"}, "1-010203"),
        ({"sst": 1, "sd": "112233"}, "1-112233"),
        ({"sst": 1, "sd": "000080"}, "1-000080"),
        ({"sst": 1, "sd": "0x111111"}, "1-111111"),
        ({"sst": 1, "sd": "000000"}, "1-000000"),
        ({"sst": 128, "sd": "ffffff"}, "128"),
        ({"sst": 128, "sd": "FFFFFF"}, "128"),
        ({"sst": 128, "sd": "0xFFFFFF"}, "128"),
        ({"sst": 6}, "6"),
    ],
)
def test_snssai(given, text):
    found = Snssai.model_validate(given)
    assert str(found) == text
    assert Slice(name="s", snssai=found).namespace == f"slice-{text}"


@pytest.mark.parametrize(
    "sd", [1, 4227, 4096, 112233, 66051, True, 1.5, "1", "01020", "0102033", "01020g", "", " 010203", "010203\n", "0x1"]
)
def test_sd_refused(sd):
    with pytest.raises(ValidationError, match="six hex digits in quotes"):
        Snssai.model_validate({"sst": 1, "sd": sd})


@pytest.mark.parametrize("sst", [-1, 256, "1", "01", True, 1.0, None])
def test_sst_refused(sst):
    with pytest.raises(ValidationError):
        Snssai.model_validate({"sst": sst})


def test_no_sd_and_ffffff_are_the_same_slice():
    assert Snssai(sst=1, sd="FFFFFF") == Snssai(sst=1)
    assert hash(Snssai(sst=1, sd="0000A1")) == hash(Snssai(sst=1, sd="0000a1"))
