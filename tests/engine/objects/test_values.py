"""Marks of secrets, unknowns and references, and how they pass to the SDK and back."""

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2

from mecctl.engine.objects.values import (
    REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Secret,
    for_caller,
    has_secret,
    has_unknown,
    is_secret,
    reveal,
    secret,
    texts,
)
from mecctl.engine.sdk.wire import from_struct, to_struct
from mecctl.errors import MecctlError


def struct(value: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(value, struct_pb2.Struct())


def test_a_secret_in_a_secret_is_one_secret():
    nested = secret({"a": secret("x"), "b": [secret("y")]})
    assert nested == {SIGNATURE: SECRET, "value": {"a": "x", "b": ["y"]}}
    assert is_secret(nested)
    assert secret(nested) == nested


def test_reveal_takes_every_mark_away():
    value = {"a": secret({"b": "c"}), "d": [secret(1), 2], "e": {SIGNATURE: REFERENCE, "urn": "u", "id": "ns/x"}}
    assert reveal(value) == {"a": {"b": "c"}, "d": [1, 2], "e": "ns/x"}


def test_a_reference_without_an_id_is_its_urn():
    assert reveal({SIGNATURE: REFERENCE, "urn": "urn:x"}) == "urn:x"


@pytest.mark.parametrize("value", [UNKNOWN, {"a": [{"b": UNKNOWN}]}, secret({"a": UNKNOWN})])
def test_unknowns_are_found_at_any_depth(value):
    assert has_unknown(value)
    assert not has_unknown({"a": [1, None, "x"]})


def test_secrets_are_found_at_any_depth():
    assert has_secret({"a": [{"b": secret(1)}]})
    assert not has_secret({"a": [1]})


def test_texts_are_those_inside_secrets_only():
    assert sorted(texts({"open": "x", "hidden": secret({"a": "p", "b": ["q", 3]})})) == ["p", "q"]


def test_outputs_for_a_caller_wrap_secrets_and_leave_out_what_is_unknown():
    given = for_caller({"a": 1, "b": secret("s"), "c": UNKNOWN, "d": {"e": secret("t")}})
    assert given == {"a": 1, "b": Secret("s"), "d": Secret({"e": "t"})}
    assert "s" not in repr(given["b"]).replace("secret", "")


def test_values_survive_the_way_to_the_sdk_and_back():
    value = {"a": 1, "b": 1.5, "c": True, "d": None, "e": "x", "f": [1, {"g": []}], "h": {}, "i": secret({"j": "k"})}
    assert from_struct(to_struct(value)) == value


def test_whole_numbers_arrive_as_int():
    assert from_struct(struct({"replicas": 3.0})) == {"replicas": 3}
    assert isinstance(from_struct(struct({"replicas": 3.0}))["replicas"], int)


def test_output_values_become_their_value_a_secret_or_unknown():
    mark = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    hidden = {**mark, "value": "s", "secret": True}
    given = struct({"a": {**mark, "value": 1, "dependencies": []}, "b": hidden, "c": mark})
    assert from_struct(given) == {"a": 1, "b": secret("s"), "c": UNKNOWN}


def test_assets_are_refused():
    with pytest.raises(MecctlError, match="assets"):
        from_struct(struct({"a": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}}))
