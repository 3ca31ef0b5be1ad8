"""Calls the hooks of a running program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.runtime.proto import resource_pb2 as pb

from mecctl.engine.sdk.hooks import Hook, Occasion
from mecctl.engine.sdk.wire import shown, to_struct
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from google.protobuf import struct_pb2

    from mecctl.engine.sdk.callbacks import Callbacks
    from mecctl.engine.state import Resource


def hook(request: pb.RegisterResourceHookRequest, callbacks: Callbacks) -> Hook:
    """Return the hook that a program registers."""

    def run(occasion: Occasion) -> None:
        answer = callbacks.call(request.callback, _asked(occasion), pb.ResourceHookResponse)
        if answer.error:
            raise MecctlError(answer.error)

    return Hook(run, on_dry_run=request.on_dry_run, ignore_errors=getattr(request, "ignore_errors", False))


def _asked(occasion: Occasion) -> pb.ResourceHookRequest:
    one, new, old = occasion.resource, occasion.new, occasion.old
    return pb.ResourceHookRequest(
        urn=one.urn,
        id=one.id,
        name=one.name,
        type=one.type,
        new_inputs=to_struct(new.inputs) if new else None,
        old_inputs=to_struct(old.inputs) if old else None,
        new_outputs=_outputs(new) if occasion.made else None,
        old_outputs=_outputs(old),
    )


def _outputs(resource: Resource | None) -> struct_pb2.Struct | None:
    return shown(resource.outputs) if resource else None
