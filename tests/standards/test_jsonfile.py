"""JSON with the lines of its keys."""

import time

import pytest

from mecctl.errors import InputError
from mecctl.standards.jsonfile import json_object


def test_lines():
    text = '{\n"a": {"x": 1,\n"y": "b: {\\"q"},\n"b": [{"x": 1},\n{"x": 2}],\n"\\u0063": null}'
    data, lines = json_object(text, "f")
    assert data == {"a": {"x": 1, "y": 'b: {"q'}, "b": [{"x": 1}, {"x": 2}], "c": None}
    assert lines == {
        ("a",): 2,
        ("a", "x"): 2,
        ("a", "y"): 3,
        ("b",): 4,
        ("b", 0, "x"): 4,
        ("b", 1, "x"): 5,
        ("c",): 6,
    }


def test_places_in_lists_of_lists():
    _, lines = json_object('{"a": [[], [1, {"b": [",", {"c": 1,\n"": 2}]}]]}', "f")
    inside = ("a", 1, 1, "b")
    assert lines == {("a",): 1, inside: 1, (*inside, 1, "c"): 1, (*inside, 1, ""): 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "f:1: isn't valid JSON: expecting property name enclosed in double quotes (column 2); an object in JSON"),
        ('{\n"a": 1,\n}', "f:3: isn't valid JSON: expecting property name enclosed in double quotes"),
        ('{"a": NaN}', "f: isn't valid JSON: NaN isn't a JSON number; an object in JSON"),
        ('{"a": ' + "9" * 5000 + "}", "f: isn't valid JSON: Exceeds the limit"),
        ('{"a": {\n"b": 1,\n"b": 2}}', "f:3: a.b: comes twice in one object; once"),
        ('{"a": [0, {"b": 1, "b": 2}]}', "f:1: a[1].b: comes twice in one object; once"),
        ("[" * 100_000, "f: is nested too deep; an object in JSON"),
        ('"text"', "f:1: holds no object; an object in JSON"),
    ],
)
def test_refused(text, said):
    with pytest.raises(InputError) as refused:
        json_object(text, "f")
    assert str(refused.value).startswith(said)


def test_many_keys_are_cheap():
    text = "{" + ",\n".join(f'"{number}": 1' for number in range(50_000)) + "}"
    start = time.process_time()
    assert json_object(text, "f")[1]["49999",] == 50_000
    assert time.process_time() - start < 2
