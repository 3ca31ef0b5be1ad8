"""What a program gets of an object is the same, whether it goes by a protobuf message or not."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc

from mecctl.engine.objects.values import UNKNOWN, secret
from mecctl.engine.sdk.registered import given
from mecctl.engine.sdk.wire import to_struct

LIVE: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "web", "generation": 2, "labels": {}, "creationTimestamp": None},
    "spec": {"replicas": 3, "paused": False, "weights": [1, 2.5, None, {"a": None, "b": [True]}]},
    "status": None,
}


def test_plain_values_come_out_as_by_a_message():
    plain = given(LIVE)
    assert isinstance(plain, dict)
    told: Any = plain  # which the SDK takes for a Struct
    direct, usual = rpc.deserialize_properties(told), rpc.deserialize_properties(to_struct(LIVE))
    assert direct == usual
    assert type(direct["spec"]["replicas"]) is type(usual["spec"]["replicas"]) is float
    assert direct["spec"]["paused"] is False


@pytest.mark.parametrize("marked", [secret("s"), UNKNOWN, {"deep": [{"er": secret({"a": 1})}]}, [UNKNOWN]])
def test_marked_values_go_by_a_message(marked):
    told = given({**LIVE, "data": marked})
    assert isinstance(told, Struct)
    assert told == to_struct({**LIVE, "data": marked})


def test_what_the_engine_keeps_and_who_manages_fields_stay_behind():
    metadata = {"name": "a", "managedFields": [{"manager": "mecctl"}]}
    outputs = {"metadata": metadata, "__inputs": {"a": 1}}
    assert given(outputs) == {"metadata": {"name": "a"}}
    assert given({**outputs, "data": secret("s")}) == to_struct({"metadata": {"name": "a"}, "data": secret("s")})
    assert "managedFields" in metadata


def test_a_program_that_changes_what_it_got_changes_nothing_here():
    outputs = {"spec": {"list": [{"a": "b"}]}}
    got: Any = given(outputs)
    got["spec"]["list"][0]["a"] = "c"
    assert outputs == {"spec": {"list": [{"a": "b"}]}}
