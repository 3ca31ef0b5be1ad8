"""Kubernetes objects as programs, the API and the state write them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import FIELD_MANAGER
from mecctl.engine.objects import urn
from mecctl.engine.objects.values import UNKNOWN, Properties, has_secret, is_secret, reveal, secret

if TYPE_CHECKING:
    from mecctl.engine.objects.goal import Goal

Object = dict[str, Any]

_AUTONAMED = "pulumi.com/autonamed"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ONLY_SERVER = ("creationTimestamp", "resourceVersion", "uid")


def checked(goal: Goal, old: Properties | None = None, replaced: str = "") -> Properties:
    """Return the inputs as state keeps them: named if the program didn't, a Secret's content marked as secret.

    A name that was given so before, in the inputs `old`, stays. `replaced` is the id of the object that a new one is to
    replace, which must not have the same name.
    """
    metadata = goal.inputs.get("metadata", {})
    inputs = {**goal.inputs, "metadata": metadata}
    patch = goal.type.endswith(f":{inputs.get('kind')}Patch")  # patches what has a name already
    if isinstance(metadata, dict) and not is_secret(metadata) and not metadata.get("name") and not patch:
        named = old is not None and not replaced and is_autonamed(old)
        name = old["metadata"]["name"] if old and named else urn.automatic(goal.name, goal.urn, replaced)
        annotations = {**(metadata.get("annotations") or {}), _AUTONAMED: "true"}
        inputs = {**inputs, "metadata": {**metadata, "name": name, "annotations": annotations}}
    return _hide(inputs, inputs)


def is_autonamed(inputs: Properties) -> bool:
    """Whether `checked` named the object."""
    metadata = reveal(inputs.get("metadata") or {})
    return isinstance(metadata, dict) and (metadata.get("annotations") or {}).get(_AUTONAMED) == "true"


def to_api(inputs: Properties) -> Object:
    """Return the object that inputs describe, as it is sent to the API server."""
    obj: Object = reveal(inputs)
    return _rename(obj, "x_kubernetes_", "_", "-") if obj.get("kind") == "CustomResourceDefinition" else obj


def to_outputs(
    live: Object, inputs: Properties, secret_outputs: tuple[str, ...] = (), manager: str = FIELD_MANAGER
) -> Properties:
    """Return what state keeps of a live object, the way pulumi-kubernetes writes it (provider.go, checkpointObject).

    What is secret in `inputs`, or named in `secret_outputs`, is secret there too.
    """
    crd = live.get("kind") == "CustomResourceDefinition"
    outputs = _hide(_rename(live, "x-kubernetes-", "-", "_") if crd else live, inputs)
    for name in secret_outputs:
        if name in outputs:
            outputs[name] = secret(outputs[name])
    kept = {"__inputs": inputs, "__initialApiVersion": inputs.get("apiVersion"), "__fieldManager": manager}
    return {**outputs, **kept}


def live_of(outputs: Properties) -> Object:
    """Return the live object that outputs were made of."""
    return to_api({key: value for key, value in outputs.items() if not key.startswith("__")})


def applicable(obj: Object) -> Object:
    """Return an object without what the server alone writes, and refuses or ignores when it is applied."""
    kept = {key: value for key, value in obj["metadata"].items() if key not in ("managedFields", *_ONLY_SERVER)}
    return {**{key: value for key, value in obj.items() if key != "status"}, "metadata": kept}


def is_there(outputs: Properties) -> bool:
    """Whether outputs are those of an object that is there, not one that `predicted` foresees."""
    metadata = reveal(outputs.get("metadata"))
    return not isinstance(metadata, dict) or metadata.get("uid") != UNKNOWN


def predicted(obj: Object, rehearsed: Object | None) -> Object:
    """Return an object that is not there yet as a preview shows it, with what only the server can say unknown.

    `rehearsed` is what the server made of `obj` in a dry run, where it could be asked.
    """
    shown = copy.deepcopy(rehearsed or obj)
    metadata = shown["metadata"]
    metadata.pop("managedFields", None)
    metadata.update(dict.fromkeys(_ONLY_SERVER, UNKNOWN))
    shown["status"] = UNKNOWN
    if shown["kind"] == "Service" and "clusterIP" not in (obj.get("spec") or {}):
        # A dry run invents an address that the real object then doesn't get.
        shown["spec"] = {**(shown.get("spec") or {}), "clusterIP": UNKNOWN, "clusterIPs": UNKNOWN}
    return shown


def is_ours(live: Object, obj: Object) -> bool:
    """Whether a live object was applied by mecctl, as `obj` would be.

    The server notes who set which field, so an object of a name alone has nobody noted.
    """
    return applied_by(live, FIELD_MANAGER) or (not managers(live) and _is_bare(obj))


def applied_by(live: Object, manager: str) -> bool:
    """Whether a live object has fields that were applied by a field manager."""
    return any(
        entry.get("manager") == manager and entry.get("operation") == "Apply" and not entry.get("subresource")
        for entry in live["metadata"].get("managedFields") or ()
    )


def managers(live: Object) -> list[str]:
    """Return who has written to a live object."""
    entries = live["metadata"].get("managedFields") or ()
    return sorted({entry.get("manager", "unknown") for entry in entries if not entry.get("subresource")})


def title(obj: Object) -> str:
    """Name an object for a person: `Deployment web in namespace shop`."""
    metadata = obj["metadata"]
    place = f" in namespace {metadata['namespace']}" if metadata.get("namespace") else ""
    return f"{obj['kind']} {metadata.get('name')}{place}"


def is_terminating(live: Object) -> bool:
    """Whether a live object is on its way out."""
    return bool(live["metadata"].get("deletionTimestamp"))


def _is_bare(obj: Object) -> bool:
    said = {key for key, value in obj.items() if value not in (None, {}, [])}
    named = {key for key, value in obj["metadata"].items() if value not in (None, {}, [])}
    return said == {"apiVersion", "kind", "metadata"} and named <= {"name", "namespace"}


def _hide(properties: Properties, inputs: Properties) -> Properties:
    """Mark as secret what is so in `inputs`; of a Secret always its content (pulumi-kubernetes, annotateSecrets)."""
    if properties.get("kind") == "Secret":
        hidden = {key: secret(value) if key in ("data", "stringData") else value for key, value in properties.items()}
        return {**hidden, **_hide_last_applied(hidden)}
    return {key: _hide_one(value, inputs.get(key)) for key, value in properties.items()}


def _hide_one(value: Any, given: Any) -> Any:  # noqa: ANN401 - JSON
    if is_secret(value):
        return secret(value)
    if isinstance(value, dict) and isinstance(given, dict) and not is_secret(given):
        return {key: _hide_one(inner, given.get(key)) for key, inner in value.items()}
    return secret(value) if has_secret(given) else value


def _hide_last_applied(properties: Properties) -> Properties:
    # kubectl's client-side apply writes a Secret's content there a second time, in the clear.
    metadata = properties.get("metadata")
    if not isinstance(metadata, dict) or _LAST_APPLIED not in (reveal(metadata).get("annotations") or {}):
        return {}
    annotations = reveal(metadata)["annotations"]
    return {"metadata": {**metadata, "annotations": {**annotations, _LAST_APPLIED: secret(annotations[_LAST_APPLIED])}}}


def _rename(value: Any, prefix: str, old: str, new: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {
            key.replace(old, new) if key.startswith(prefix) else key: _rename(inner, prefix, old, new)
            for key, inner in value.items()
        }
    return [_rename(inner, prefix, old, new) for inner in value] if isinstance(value, list) else value
