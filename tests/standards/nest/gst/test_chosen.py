"""The chosen values among a GST's characteristics."""

import json
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from mecctl.errors import InputError
from mecctl.standards.nest.gst.chosen import Chosen, chosen_values, code_of, number
from mecctl.standards.nest.reading import Reading


def reading() -> Reading:
    return Reading("a GST", "g.json", {})


def test_default_values_are_the_chosen_ones():
    found = reading()
    chosen = chosen_values(
        found,
        [
            {"name": "Heading"},
            {"name": "Plain", "serviceSpecCharacteristicValue": [{"isDefault": True, "value": 7}]},
            {"name": "Open", "serviceSpecCharacteristicValue": [{"isDefault": None, "value": {"value": "1"}}]},
            {
                "name": "Two",
                "serviceSpecCharacteristicValue": [
                    {"isDefault": False, "value": {"value": "1"}},
                    {"isDefault": True, "unitOfMeasure": "kbps", "value": {"value": "2", "alias": "two"}},
                ],
            },
        ],
    )
    at = ("serviceSpecCharacteristic", 3, "serviceSpecCharacteristicValue", 1, "value")
    assert chosen["Two"] == [Chosen(at, "2", "two", "kbps")]
    assert [one.value for one in chosen["Plain"]] == [7]
    assert (set(chosen), found.unfilled) == ({"Plain", "Two"}, ["Open"])


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([7], "serviceSpecCharacteristic[0]: isn't a characteristic with a name; an object with name"),
        ([{"name": None}], "isn't a characteristic with a name"),
        (
            [{"name": "A", "serviceSpecCharacteristicValue": [{"isDefault": "true"}]}],
            "A: isn't a value; an object with isDefault: true or false",
        ),
        ([{"name": "A", "serviceSpecCharacteristicValue": [7]}], "A: isn't a value"),
        ([{"name": "A"}], "serviceSpecCharacteristic: no value is chosen: this is a template; values with isDefault"),
        ([], "no value is chosen: this is a template"),
        (
            [{"name": name, "serviceSpecCharacteristicValue": [{"isDefault": True, "value": 1}]} for name in "AA"],
            "A: comes twice; each characteristic once",
        ),
    ],
)
def test_lists_that_can_not_be_read(listed, said):
    with pytest.raises(InputError) as refused:
        chosen_values(reading(), json.loads(json.dumps(listed)))
    assert said in str(refused.value)


@pytest.mark.parametrize(("text", "found"), [("95", 95), (" 0.5 ", 0.5), (7, 7), (None, None)])
def test_numbers(text, found):
    assert number(text) == found


@pytest.mark.parametrize("text", ["-", "10 Mbps", "0,5", "inf", "NaN", ""])
def test_texts_that_are_no_number(text):
    with pytest.raises(PydanticCustomError, match="isn't a number; a number with a decimal point"):
        number(text)


@pytest.mark.parametrize(("value", "code"), [("2", 2), (2, 2), ("-", "-"), ("\u0662", "\u0662"), ("1" * 9, "1" * 9)])
def test_codes(value: Any, code: Any):
    assert code_of(Chosen((), value, None, None)) == code
