"""Amounts: 3GPP bit rates, Kubernetes CPU and memory, each with its unit."""

import pytest
from pydantic_core import PydanticCustomError

from mecctl.model.quantity import (
    format_bit_rate,
    format_duration,
    parse_bit_rate,
    parse_cpu,
    parse_duration,
    parse_memory,
    parse_packet_size,
    parse_percent,
)


@pytest.mark.parametrize(
    ("text", "bits", "back"),
    [
        ("0bps", 0, "0bps"),
        ("1bps", 1, "1bps"),
        ("1Kbps", 1000, "1Kbps"),
        ("50Mbps", 50_000_000, "50Mbps"),
        ("50 Mbps", 50_000_000, "50Mbps"),
        ("1.5Gbps", 1_500_000_000, "1500Mbps"),
        ("0.1Kbps", 100, "100bps"),
        ("2 Tbps", 2 * 10**12, "2Tbps"),
        ("1000Mbps", 10**9, "1Gbps"),
        ("0.000000000001Tbps", 1, "1bps"),
    ],
)
def test_bit_rate(text, bits, back):
    assert parse_bit_rate(text) == bits
    assert format_bit_rate(bits) == back
    assert parse_bit_rate(back) == bits


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (50, "50 has no unit"),
        (True, "True has no unit"),
        (None, "None has no unit"),
        (["x"], "this has no unit"),
        ("50", "isn't a bit rate"),
        ("50mbps", "the unit is written Mbps"),
        ("50kbps", "the unit is written Kbps"),
        ("50Mbit/s", "isn't a bit rate"),
        ("50  Mbps", "isn't a bit rate"),
        ("-1Mbps", "isn't a bit rate"),
        ("1e3Mbps", "isn't a bit rate"),
        ("\u0661Mbps", "isn't a bit rate"),
        ("0.5bps", "isn't a whole number of bits"),
        ("9" * 200 + "bps", "isn't a bit rate"),
    ],
)
def test_bit_rate_refused(value, said):
    with pytest.raises(PydanticCustomError, match=said):
        parse_bit_rate(value)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [("2", "2"), (2, "2"), (0.5, "500m"), ("0.5", "500m"), ("1.5", "1500m"), ("500m", "500m"), ("2000m", "2")],
)
def test_cpu(value, canonical):
    assert parse_cpu(value) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        0,
        -1,
        "-1",
        "2 cores",
        "1.0005",
        "0.5m",
        True,
        None,
        ["2"],
        "1e3",
        1e-9,
        "1" * 200,
        float("inf"),
        float("nan"),
    ],
)
def test_cpu_refused(value):
    with pytest.raises(PydanticCustomError, match="isn't an amount of CPU; cores or millicores"):
        parse_cpu(value)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("2Gi", "2Gi"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1500M", "1500M"),
        ("2000M", "2G"),
        ("1Ki", "1Ki"),
        ("0.5Ki", "512"),
        ("100k", "100k"),
        ("1024k", "1024k"),
    ],
)
def test_memory(value, canonical):
    assert parse_memory(value) == canonical


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (256, "256 has no unit"),
        (2.5, "2.5 has no unit"),
        ("256", "isn't an amount of memory"),
        ("256MB", "isn't an amount of memory"),
        ("256mi", "isn't an amount of memory"),
        ("256m", "isn't an amount of memory"),
        ("0Mi", "isn't an amount of memory"),
        ("0.0001Ki", "isn't an amount of memory"),
        (None, "isn't an amount of memory"),
        ([1], "this isn't an amount of memory"),
        ("9" * 200 + "Mi", "isn't an amount of memory"),
    ],
)
def test_memory_refused(value, said):
    with pytest.raises(PydanticCustomError, match=said):
        parse_memory(value)


@pytest.mark.parametrize(
    ("text", "nanoseconds", "back"),
    [
        ("10ms", 10_000_000, "10ms"),
        ("1 ns", 1, "1ns"),
        ("0.25ms", 250_000, "250us"),
        ("60s", 60_000_000_000, "60s"),
        ("1000us", 1_000_000, "1ms"),
    ],
)
def test_duration(text, nanoseconds, back):
    assert parse_duration(text) == nanoseconds
    assert format_duration(nanoseconds) == back
    assert parse_duration(back) == nanoseconds


@pytest.mark.parametrize("value", [10, 0.01, True, None, "10", "10m", "9 min", "-1ms", "0s", "0.1ns", "61s", "1e3ms"])
def test_duration_refused(value):
    with pytest.raises(PydanticCustomError, match="a number and ns, us, ms or s"):
        parse_duration(value)


def test_packet_size():
    assert [parse_packet_size(text) for text in ("1B", "1500B", "65535 B")] == [1, 1500, 65535]


@pytest.mark.parametrize("value", [1500, "1500", "1500b", "1.5B", "0B", "65536B", "1KB", None])
def test_packet_size_refused(value):
    with pytest.raises(PydanticCustomError, match="bytes from 1B to 65535B, for example 1500B"):
        parse_packet_size(value)


def test_percent():
    assert [f"{parse_percent(text):f}" for text in ("95%", "99.990 %", "100%", "0.001%")] == [
        "95",
        "99.99",
        "100",
        "0.001",
    ]


@pytest.mark.parametrize("value", [95, "95", "0%", "100.1%", "-5%", "95,5%", None])
def test_percent_refused(value):
    with pytest.raises(PydanticCustomError, match="a number over 0 and at most 100"):
        parse_percent(value)
