"""Amounts of the forms, both ways."""

from decimal import Decimal

import pytest
from pydantic_core import PydanticCustomError

from mecctl.standards.nest.values import BYTES, COUNT, KILOBITS, MILLISECONDS, PERCENT, SECONDS, area, rate


@pytest.mark.parametrize(
    ("kind", "written", "text"),
    [
        (KILOBITS, 50_000, "50Mbps"),
        (KILOBITS, 0, "0bps"),
        (KILOBITS, 1.5, "1500bps"),
        (KILOBITS, 33.333, "33333bps"),
        (rate("Mbps", 10**6), 2.5, "2500Kbps"),
        (rate("bps", 1), 7, "7bps"),
        (MILLISECONDS, 10, "10ms"),
        (MILLISECONDS, 0.5, "500us"),
        (SECONDS, 0.01, "10ms"),
        (SECONDS, 5e-07, "500ns"),
        (BYTES, 1500, "1500B"),
        (COUNT, 10, 10),
        (PERCENT, 99.999, "99.999%"),
        (PERCENT, 100, "100%"),
    ],
)
def test_both_ways(kind, written, text):
    assert kind.read(written) == text
    assert kind.read(Decimal(str(written))) == text
    assert kind.write(text) == written
    assert type(kind.write(text)) is type(written)


def test_a_whole_number_may_be_written_with_a_point():
    assert (COUNT.read(10.0), BYTES.read(1500.0)) == (10, "1500B")


@pytest.mark.parametrize("value", ["-", "example", "50", None, True, -1, [], {}, float("inf"), 10**15])
@pytest.mark.parametrize("kind", [KILOBITS, MILLISECONDS, BYTES, COUNT, PERCENT])
def test_what_is_no_amount(kind, value):
    with pytest.raises(PydanticCustomError, match=r"isn't a (rate|time|size|count|share); a (whole )?number"):
        kind.read(value)


@pytest.mark.parametrize("kind", [BYTES, COUNT])
@pytest.mark.parametrize("value", [0, 1.5])
def test_whole_numbers_from_1(kind, value):
    with pytest.raises(PydanticCustomError, match="whole number"):
        kind.read(value)


def test_the_unit_is_told():
    with pytest.raises(PydanticCustomError, match="'fast' isn't a rate; a number of kbit/s, 0 or more"):
        KILOBITS.read("fast")


@pytest.mark.parametrize("value", ["-", "", " ", None, 7, ["DE"]])
def test_what_is_no_area(value):
    with pytest.raises(PydanticCustomError, match="isn't an area's name"):
        area(value)


def test_areas():
    assert [area(name) for name in ("DE", "Köln", "7")] == ["DE", "Köln", "7"]
