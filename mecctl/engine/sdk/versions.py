"""What differs between the SDK versions that mecctl works with: pulumi 3.150 and pulumi-kubernetes 4.21 or newer.

Older ones have no hooks, ask for features by name, and write some options in a way that doesn't tell "not said" from
"no".
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pulumi.runtime import Settings
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from mecctl.engine.sdk.outstanding import Outstanding

if TYPE_CHECKING:
    from google.protobuf import struct_pb2
    from google.protobuf.message import Message

    from mecctl.engine.project.program import Program
    from mecctl.engine.sdk.monitor import Monitor


class _Stub(resource_pb2_grpc.ResourceMonitorStub):
    """A monitor that older SDKs take for a connection to one: only to such do they serve functions of a program."""

    def __init__(self, monitor: Monitor) -> None:
        for name in dir(monitor):
            if name[0].isupper():
                setattr(self, name, getattr(monitor, name))


def settings(program: Program, monitor: Monitor, *, parallel: int, dry: bool) -> Settings:
    """Return the settings of a run: `parallel` registrations at once."""
    given: dict[str, Any] = {
        "project": program.project,
        "stack": program.stack,
        "monitor": _Stub(monitor),
        "engine": monitor,
        "parallel": parallel,
        "dry_run": dry,
        "organization": "organization",
        "root_directory": str(program.directory),
    }
    known = inspect.signature(Settings).parameters
    made = Settings(**{name: value for name, value in given.items() if name in known})
    if isinstance(made.outputs, set):  # older ones keep a queue, which they work through one by one
        made.outputs = Outstanding()
    return made


def invoked(value: struct_pb2.Struct) -> Message:
    """Return the answer to a call of a function; older SDKs have one message for engines and providers."""
    answer: Message = getattr(resource_pb2, "ResourceInvokeResponse", provider_pb2.InvokeResponse)()
    getattr(answer, "return").CopyFrom(value)
    return answer


def read(urn: str, id_: str, properties: struct_pb2.Struct) -> resource_pb2.ReadResourceResponse:
    """Return the answer to a read; older SDKs take the id that they asked with."""
    answer = resource_pb2.ReadResourceResponse(urn=urn, properties=properties)
    if "id" in answer.DESCRIPTOR.fields_by_name:
        answer.id = id_
    return answer


def said(message: Message, field: str) -> Any:  # noqa: ANN401 - a field of any type
    """Return a field, None when the program didn't set it; with older SDKs that is so of all that isn't true."""
    if message.DESCRIPTOR.fields_by_name[field].has_presence:
        return getattr(message, field) if message.HasField(field) else None
    return getattr(message, field) or None
