"""Output values: how the protocol writes a value together with what it depends on.

`{SIGNATURE: OUTPUT, "value": v, "secret": bool, "dependencies": [urn]}`, without `value` while it is not known
(pulumi/pulumi sdk/go/common/resource/plugin/rpc.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import struct_pb2

from mecctl.engine.objects.values import OUTPUT, SECRET, SIGNATURE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def upgraded(struct: struct_pb2.Struct) -> struct_pb2.Struct:
    """Return properties with every secret and every unknown value as an output value, as functions of a program get."""
    return struct_pb2.Struct(fields={key: _upgrade(value) for key, value in struct.fields.items()})


def with_dependencies(struct: struct_pb2.Struct, dependencies: Mapping[str, Iterable[str]]) -> struct_pb2.Struct:
    """Return properties of which each knows its `dependencies` (property -> URNs), becoming an output value for it."""
    found = struct_pb2.Struct()
    found.CopyFrom(struct)
    for key, value in found.fields.items():
        known = dependencies_in(value)
        urns = {*dependencies.get(key, ())}
        if not urns <= known:
            value.CopyFrom(_depending(value, urns))
    return found


def dependencies_in(value: struct_pb2.Value) -> set[str]:
    """Return the URNs that a value, or anything in it, depends on."""
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return {urn for inner in value.list_value.values for urn in dependencies_in(inner)}
    if kind != "struct_value":
        return set()
    fields = value.struct_value.fields
    if not _is(value, OUTPUT):
        return {urn for inner in fields.values() for urn in dependencies_in(inner)}
    own = {one.string_value for one in fields["dependencies"].list_value.values} if "dependencies" in fields else set()
    return own | (dependencies_in(fields["value"]) if "value" in fields else set())


def _upgrade(value: struct_pb2.Value) -> struct_pb2.Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value" and value.string_value == UNKNOWN:
        return _output({})
    if kind == "list_value":
        inner = [_upgrade(one) for one in value.list_value.values]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=inner))
    if kind != "struct_value" or _is(value, OUTPUT):
        return value
    if _is(value, SECRET):
        fields = _upgrade(value.struct_value.fields["value"])
        known = {"value": fields} if not _is(fields, OUTPUT) else dict(fields.struct_value.fields)
        return _output({**known, "secret": struct_pb2.Value(bool_value=True)})
    return struct_pb2.Value(struct_value=upgraded(value.struct_value))


def _depending(value: struct_pb2.Value, urns: set[str]) -> struct_pb2.Value:
    known = dict(value.struct_value.fields) if _is(value, OUTPUT) else {"value": value}
    if "dependencies" in known:
        urns = urns | {one.string_value for one in known["dependencies"].list_value.values}
    texts = [struct_pb2.Value(string_value=urn) for urn in sorted(urns)]
    return _output({**known, "dependencies": struct_pb2.Value(list_value=struct_pb2.ListValue(values=texts))})


def _output(fields: Mapping[str, struct_pb2.Value]) -> struct_pb2.Value:
    mark = {SIGNATURE: struct_pb2.Value(string_value=OUTPUT)}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={**fields, **mark}))


def _is(value: struct_pb2.Value, mark: str) -> bool:
    fields = value.struct_value.fields if value.WhichOneof("kind") == "struct_value" else {}
    return SIGNATURE in fields and fields[SIGNATURE].string_value == mark
