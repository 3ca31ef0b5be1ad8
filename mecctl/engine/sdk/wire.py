"""What the SDK sends and gets, turned into the engine's own terms and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from google.protobuf import struct_pb2

from mecctl.engine.objects import urn
from mecctl.engine.objects.goal import Goal
from mecctl.engine.objects.values import OUTPUT, SECRET, SIGNATURE, UNKNOWN, Properties, Value, secret
from mecctl.engine.sdk.versions import said
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from pulumi.runtime.proto.resource_pb2 import ReadResourceRequest
    from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest as Request

_ASSETS = {"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"}
_HOOKS = {
    f"{when}{verb}": f"{when.lower()}_{verb.lower()}"
    for verb in ("Create", "Update", "Delete")
    for when in ("Before", "After")
}
_REFUSED = {
    "packageRef": "a parameterized package",
    "replacement_trigger": "replacement_trigger",
    "replace_with": "replace_with",
    "state_migrations": "state migrations",
}
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")


def read_goal(request: Request, project: str, stack: str) -> Goal:
    """Read a registration; raises MecctlError for options that the engine doesn't have."""
    _refuse_options(request)
    timeouts = request.customTimeouts
    named = {name: value for name in ("create", "update", "delete") if (value := getattr(timeouts, name))}
    return Goal(
        urn=urn.make(stack, project, request.type, request.name, request.parent),
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=from_struct(request.object),
        parent=request.parent,
        version=request.version,
        provider=request.provider or request.providers.get("kubernetes", ""),
        deleted_with=request.deletedWith,
        import_id=request.importId,
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={
            key: tuple(sorted(value.urns)) for key, value in sorted(request.propertyDependencies.items())
        },
        aliases=_aliases(request, project, stack),
        protect=said(request, "protect"),
        retain_on_delete=said(request, "retainOnDelete"),
        delete_before_replace=request.deleteBeforeReplace,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        secret_outputs=tuple(request.additionalSecretOutputs),
        hooks=_hooks(request),
        timeouts={name: _seconds(value) for name, value in named.items()},
    )


def read_request(request: ReadResourceRequest, project: str, stack: str) -> Goal:
    """Read a request for something that the program doesn't manage."""
    return Goal(
        urn=urn.make(stack, project, request.type, request.name, request.parent),
        type=request.type,
        name=request.name,
        custom=True,
        inputs={},
        parent=request.parent,
        version=request.version,
        provider=request.provider,
        dependencies=tuple(sorted(request.dependencies)),
    )


def _refuse_options(request: Request) -> None:
    given = {field.name for field, _ in request.ListFields()}
    for field, option in _REFUSED.items():
        if field in given:
            raise MecctlError(f"it uses {option}, which the engine doesn't do", fix="run it with engine: pulumi")


def _hooks(request: Request) -> dict[str, list[str]]:
    """Return the names of the hooks by the moment, called as the checkpoint does."""
    if "hooks" not in request.DESCRIPTOR.fields_by_name:  # an SDK from before hooks
        return {}
    if request.hooks.on_error:
        raise MecctlError("it has an error hook, which the engine doesn't do", fix="run it with engine: pulumi")
    named = {moment: list(getattr(request.hooks, field)) for moment, field in _HOOKS.items()}
    return {moment: names for moment, names in named.items() if names}


def _aliases(request: Request, project: str, stack: str) -> tuple[str, ...]:
    found = list(request.aliasURNs)
    for alias in request.aliases:
        if alias.urn:
            found.append(alias.urn)
            continue
        spec = alias.spec
        where = (spec.stack or stack, spec.project or project)
        parent = "" if spec.noParent else spec.parentUrn or request.parent
        found.append(urn.make(*where, spec.type or request.type, spec.name or request.name, parent))
    return tuple(found)


def _seconds(text: str) -> float:
    """Read a duration as Go writes it, `1h30m`."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise MecctlError(f"its timeout {text!r} is no duration; write it like 90s, 5m or 1h30m")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Read what the SDK sends; whole numbers become int. Raises MecctlError for assets and archives."""
    return {key: _read(value) for key, value in struct.fields.items()}


def visible(outputs: Properties) -> Properties:
    """Return outputs without what the engine keeps in them for itself."""
    return {key: value for key, value in outputs.items() if not key.startswith("__")}


def shown(outputs: Properties) -> struct_pb2.Struct:
    """Write what is visible of outputs."""
    return to_struct(visible(outputs))


def to_struct(properties: Properties) -> struct_pb2.Struct:
    """Write properties the way the SDK reads them."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _write(value, struct.fields[key])
    return struct


def _read(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "list_value":
        return [_read(inner) for inner in value.list_value.values]
    if kind == "struct_value":
        return _marked({key: _read(inner) for key, inner in value.struct_value.fields.items()})
    return None if kind in (None, "null_value") else getattr(value, kind)


def _marked(value: Properties) -> Value:
    mark = value.get(SIGNATURE)
    if mark == SECRET:
        return secret(value["value"])
    if mark == OUTPUT:
        inner = value.get("value", UNKNOWN)
        return secret(inner) if value.get("secret") else inner
    if mark in _ASSETS:
        raise MecctlError("assets and archives have no meaning for a Kubernetes resource")
    return value


def _write(value: Value, into: struct_pb2.Value) -> None:
    if isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, (int, float)):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, dict):
        into.struct_value.SetInParent()
        for key, inner in value.items():
            _write(inner, into.struct_value.fields[key])
    elif isinstance(value, list):
        into.list_value.SetInParent()
        for inner in value:
            _write(inner, into.list_value.values.add())
    else:
        into.null_value = struct_pb2.NULL_VALUE
