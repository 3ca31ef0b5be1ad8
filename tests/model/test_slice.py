"""Slices: the S-NSSAI exactly as 3GPP has it, 5QI, quota and rates."""

import pytest
from pydantic import ValidationError

from mecctl.model import FIVE_QI, Qos, Quota, Rate, Slice, Snssai


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
    assert Qos(five_qi=five_qi).priority == priority


def test_five_qi_table_is_sound():
    assert all(1 <= row.priority <= 127 and row.value == value for value, row in FIVE_QI.items())


@pytest.mark.parametrize("value", [0, 10, 75, 256, "7", True, None])
def test_five_qi_refused(value):
    with pytest.raises(ValidationError, match="one of 1, 2, 3"):
        Qos.model_validate({"fiveQI": value})


def test_quota_is_canonical():
    assert Quota.model_validate({"cpu": 2, "memory": "1024Mi", "pods": 20}) == Quota(cpu="2", memory="1Gi", pods=20)


def test_guarantee_over_maximum():
    with pytest.raises(ValidationError, match="the guaranteed rate 2Mbps is over the maximum 1Mbps"):
        Rate.model_validate({"guaranteed": "2Mbps", "maximum": "1Mbps"})


def test_rates_keep_their_unit_in_a_dump():
    rate = Rate.model_validate({"guaranteed": "50 Mbps"})
    assert rate.guaranteed == 50_000_000
    assert rate.model_dump(exclude_none=True) == {"guaranteed": "50Mbps"}
