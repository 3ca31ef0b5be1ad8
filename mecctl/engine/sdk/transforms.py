"""Transforms: functions of a program that change registrations and calls before the engine takes them.

A resource's own run first, then those of its parents from the inside out, then those of the whole stack
(pulumi/pulumi pkg/resource/deploy/source_eval.go, RegisterResource). What they get are values that know their
dependencies.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pulumi.runtime.proto import alias_pb2
from pulumi.runtime.proto import resource_pb2 as pb

from mecctl.engine.sdk.outputvalues import dependencies_in, upgraded, with_dependencies
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from google.protobuf import struct_pb2
    from google.protobuf.message import Message
    from pulumi.runtime.proto.callback_pb2 import Callback

    from mecctl.engine.sdk.callbacks import AnyMessage, Callbacks

# Field of TransformResourceOptions -> field of RegisterResourceRequest; an SDK has those that it knows.
_OPTIONS = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "providers": "providers",
    "hooks": "hooks",
    "import": "importId",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
}


class Transforms:
    """The transforms of one run of a program; safe between threads."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks
        self._lock = threading.Lock()
        self._of_stack: list[Callback] = []
        self._of_calls: list[Callback] = []
        self._of: dict[str, list[Callback]] = {}
        self._parents: dict[str, str] = {}

    def add(self, callback: Callback) -> None:
        """Take a transform of every resource that is registered from now on."""
        with self._lock:
            self._of_stack.append(callback)

    def add_for_calls(self, callback: Callback) -> None:
        """Take a transform of every function that is called from now on."""
        with self._lock:
            self._of_calls.append(callback)

    def registration(self, request: pb.RegisterResourceRequest, urn: str) -> pb.RegisterResourceRequest:
        """Return the registration of `urn` as the transforms want it. Raises MecctlError with what one raised."""
        transforms = self._for(request, urn)
        if not transforms:
            return request
        return self._transformed(request, transforms)

    def call(self, request: pb.ResourceInvokeRequest) -> pb.ResourceInvokeRequest:
        """Return the call of a function as the transforms want it. Raises MecctlError with what one raised."""
        with self._lock:
            transforms = list(self._of_calls)
        options = pb.TransformInvokeOptions(
            provider=request.provider, plugin_download_url=request.pluginDownloadURL, version=request.version
        )
        told = pb.TransformInvokeRequest(token=request.tok, args=request.args, options=options)
        for transform in transforms:
            answer = self._run(transform, told, pb.TransformInvokeResponse, f"the call of {request.tok}")
            _take(told, answer, "args", "options")
        changed = pb.ResourceInvokeRequest()
        changed.CopyFrom(request)
        changed.args.CopyFrom(told.args)
        changed.provider = told.options.provider
        return changed

    def _for(self, request: pb.RegisterResourceRequest, urn: str) -> list[Callback]:
        with self._lock:
            self._parents[urn] = request.parent
            self._of[urn] = list(request.transforms)
            found: list[Callback] = []
            above = urn
            while above:
                found += self._of.get(above, ())
                above = self._parents.get(above, "")
            return found + self._of_stack

    def _transformed(
        self, request: pb.RegisterResourceRequest, transforms: list[Callback]
    ) -> pb.RegisterResourceRequest:
        told = pb.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=_properties(request),
            options=_options(request),
        )
        for transform in transforms:
            answer = self._run(transform, told, pb.TransformResponse, f"{request.type} {request.name}")
            _take(told, answer, "properties", "options")
        changed = pb.RegisterResourceRequest()
        changed.CopyFrom(request)
        changed.ClearField("transforms")
        changed.object.CopyFrom(told.properties)
        _put_options(told.options, changed)
        _put_dependencies(changed)
        return changed

    def _run(self, transform: Callback, told: Message, answer: type[AnyMessage], what: str) -> AnyMessage:
        try:
            return self._callbacks.call(transform, told, answer)
        except MecctlError as error:
            raise MecctlError(f"a transform of {what} failed", why=error.what, fix="mend the transform") from error


def _take(told: Message, answer: Message, *fields: str) -> None:
    for field in fields:
        if answer.HasField(field):
            getattr(told, field).CopyFrom(getattr(answer, field))


def _properties(request: pb.RegisterResourceRequest) -> struct_pb2.Struct:
    """Return the inputs as transforms see them; as with Pulumi, those of the stack alone see plain top-level values."""
    properties = upgraded(request.object)
    if not request.transforms:
        return properties
    return with_dependencies(properties, {key: value.urns for key, value in request.propertyDependencies.items()})


def _options(request: pb.RegisterResourceRequest) -> pb.TransformResourceOptions:
    options = pb.TransformResourceOptions()
    for option, field in _known():
        _copy(request, field, options, option)
    options.aliases.extend(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs)
    if not request.deleteBeforeReplaceDefined:
        options.ClearField("delete_before_replace")
    return options


def _put_options(options: pb.TransformResourceOptions, request: pb.RegisterResourceRequest) -> None:
    request.ClearField("aliasURNs")
    for option, field in _known():
        request.ClearField(field)  # type: ignore[arg-type]
        _copy(options, option, request, field)
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")


def _known() -> list[tuple[str, str]]:
    options, request = pb.TransformResourceOptions.DESCRIPTOR, pb.RegisterResourceRequest.DESCRIPTOR
    return [
        (option, field)
        for option, field in _OPTIONS.items()
        if option in options.fields_by_name and field in request.fields_by_name
    ]


def _copy(source: Message, field: str, target: Message, into: str) -> None:
    """Copy one field, whether a value, a message, a list or a map; one that isn't set stays so."""
    for descriptor, value in source.ListFields():
        if descriptor.name != field:
            continue
        if descriptor.message_type and descriptor.message_type.GetOptions().map_entry:
            getattr(target, into).update(value)
        elif hasattr(value, "extend"):
            getattr(target, into).extend(value)
        elif descriptor.message_type:
            getattr(target, into).CopyFrom(value)
        else:
            setattr(target, into, value)


def _put_dependencies(request: pb.RegisterResourceRequest) -> None:
    """Add what the values depend on now; what they did before stays, for the SDK hands back values without that."""
    for key, value in request.object.fields.items():
        known = set(request.propertyDependencies[key].urns) if key in request.propertyDependencies else set()
        request.propertyDependencies[key].urns.extend(sorted(dependencies_in(value) - known))
    every = {urn for value in request.propertyDependencies.values() for urn in value.urns} | {*request.dependencies}
    request.ClearField("dependencies")
    request.dependencies.extend(sorted(every))
