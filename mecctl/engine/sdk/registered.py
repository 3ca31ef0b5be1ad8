"""The answer to a registration, as the SDK reads it.

The SDK runs in this process, so an answer need not be made a protobuf message, only to be taken apart again. Values
with a mark of Pulumi's own go that long way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi.runtime.proto import resource_pb2 as pb

from mecctl.engine.objects.values import SIGNATURE, UNKNOWN, Properties, Value
from mecctl.engine.sdk.wire import to_struct, visible

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct


class _MarkedError(Exception):
    """A value holds a secret, a reference, or something that isn't known yet."""


@dataclass(frozen=True)
class Registered:
    """What the SDK looks at in a RegisterResourceResponse (pulumi/pulumi sdk/python/lib/pulumi/runtime/resource.py).

    `object` is a mapping of plain values, or a Struct where one of them is marked.
    """

    urn: str
    id: str
    object: Properties | Struct
    result: int = pb.SUCCESS
    propertyDependencies: None = None  # noqa: N815 - protocol
    unknown: bool = False


def given(outputs: Properties) -> Properties | Struct:
    """Return what is visible of a resource's outputs.

    A program doesn't get the object's `managedFields`: they are as large as the rest of it and change with every write.
    """
    told = visible(outputs)
    metadata = told.get("metadata")
    if isinstance(metadata, dict) and "managedFields" in metadata:
        told["metadata"] = {key: value for key, value in metadata.items() if key != "managedFields"}
    try:
        return {key: _plain(value) for key, value in told.items()}
    except _MarkedError:
        return to_struct(told)


def _plain(value: Value) -> Value:
    """Copy a value the way that it would come out of a Struct: numbers are floats, and nothing is null in an object."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            raise _MarkedError
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value == UNKNOWN:
        raise _MarkedError
    return float(value) if type(value) is int else value
