"""A slice's demands as one flat mapping, also from its annotations."""

import pytest
from pydantic_core import PydanticCustomError

from mecctl.model import Slice
from mecctl.standards.nest.leaves import LEAVES, NOTES, demands, flat, from_note, to_notes


def part(**fields: object) -> Slice:
    return Slice.model_validate({"name": "s", "snssai": {"sst": 1}, **fields})


def test_flat():
    fields = {"a": {"b": 1, "c": None, "d": {"e": [2, 3]}}, "f": (), "g": False}
    assert dict(flat(fields)) == {("a", "b"): 1, ("a", "d", "e"): [2, 3], ("g",): False}


def test_every_note_is_one_demand():
    assert {NOTES[leaf]: leaf for leaf in NOTES} == LEAVES
    assert NOTES["throughput", "downlink", "guaranteed"] == "mec.io/downlink-guaranteed"


@pytest.mark.parametrize(
    ("leaf", "value", "text"),
    [
        (("latency", "uplink"), "10ms", "10ms"),
        (("maxUEs",), 10, "10"),
        (("missionCritical", "supported"), True, "true"),
        (("coverage",), ["DE"], '["DE"]'),
    ],
)
def test_notes_both_ways(leaf, value, text):
    fields = {leaf[0]: {leaf[1]: value} if len(leaf) > 1 else value}
    assert to_notes(fields) == {NOTES[leaf]: text}
    assert from_note(NOTES[leaf], text) == (leaf, value)


def test_other_notes_say_no_demand():
    assert from_note("mec.io/nest-version", "1") is None


def test_a_note_that_can_not_be_read():
    with pytest.raises(PydanticCustomError, match=r"'many' can't be read; JSON, for example 10, true or \[\"DE\"\]"):
        from_note("mec.io/max-ues", "many")


def test_own_fields_count_before_annotations():
    notes = {"mec.io/isolation": "physical", "mec.io/max-ues": "9", "mec.io/nest-x": "y"}
    assert demands(part(annotations=notes)) == {("snssai", "sst"): 1, ("isolation",): "physical", ("maxUEs",): 9}
    assert demands(part(annotations=notes, isolation="tenant"))["isolation",] == "tenant"


def test_what_nobody_asked_for_is_no_demand():
    assert demands(part(quota={"pods": 3})) == {("snssai", "sst"): 1}
