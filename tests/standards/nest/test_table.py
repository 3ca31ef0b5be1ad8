"""Attributes by a table, read and written."""

from typing import Any

import pytest

from mecctl.standards.nest.reading import Reading
from mecctl.standards.nest.table import BOTH, Attribute, rates, read_table, write_table
from mecctl.standards.nest.values import BYTES, COUNT, KILOBITS

TABLE = (
    *rates("down", ("low", "high"), "throughput", "downlink", KILOBITS),
    Attribute(("ues",), COUNT, (("maxUEs",),)),
    Attribute(("size",), BYTES, tuple(("maxPacketSize", way) for way in BOTH)),
)


def read(**given: Any) -> tuple[Reading, dict[str, Any]]:
    reading = Reading("a NEST", "n.json", {})
    read_table(reading, ("top",), given, TABLE)
    return reading, given


def test_what_is_in_the_table_is_taken_and_the_rest_stays():
    reading, rest = read(down={"low": 1000, "high": None}, ues=7, size=None, other=1)
    assert reading.fields == {"throughput": {"downlink": {"guaranteed": "1Mbps"}}, "maxUEs": 7}
    assert (rest, reading.faults) == ({"other": 1}, {})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"down": {"minimum": 1}}, "n.json:1: top.down.minimum: isn't known here; low or high"),
        ({"down": 113}, "n.json:1: top.down: 113 isn't an object; an object with low and high"),
        ({"down": {"low": "-"}}, "n.json:1: top.down.low: '-' isn't a rate; a number of kbit/s, 0 or more"),
        ({"size": "example"}, "n.json:1: top.size: 'example' isn't a size; a whole number of bytes, from 1"),
        ({"size": 0}, "n.json:1: top.size: 0 isn't a size; a whole number of bytes, from 1"),
    ],
)
def test_faults(given, said):
    reading, _ = read(**given)
    ((problem,),) = reading.faults.values()
    assert str(problem) == said


def test_written_where_both_directions_agree():
    leaves = {("maxPacketSize", "downlink"): "9B", ("maxPacketSize", "uplink"): "9B", ("maxUEs",): 7, ("x",): 1}
    assert write_table(leaves, TABLE) == {"size": 9, "ues": 7}
    assert leaves == {("x",): 1}


@pytest.mark.parametrize("uplink", [{}, {("maxPacketSize", "uplink"): "8B"}])
def test_not_written_where_they_do_not(uplink):
    leaves = {("maxPacketSize", "downlink"): "9B", **uplink}
    assert write_table(leaves, TABLE) == {}
    assert ("maxPacketSize", "downlink") in leaves
