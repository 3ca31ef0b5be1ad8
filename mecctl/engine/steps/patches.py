"""Resources that set some fields of an object which something else manages (`ConfigMapPatch` and the like).

Each has a field manager of its own, so that letting go of its fields touches nobody else's (pulumi-kubernetes
provider/pkg/provider/provider.go, fieldManagerName, and ssa.Relinquish). An object that isn't there is made.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mecctl.engine.kube import FIELD_MANAGER, KubeError
from mecctl.engine.objects.objects import Object, live_of, title, to_api
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.state import Resource

_MANAGER = "pulumi.com/patchFieldManager"
_FORCE = "pulumi.com/patchForce"
_RECORDED = "__fieldManager"


def forced(obj: Object) -> bool:
    """Whether an object says itself that it takes over fields of other managers."""
    return _annotation(obj, _FORCE) == "true"


def manager_of(resource: Resource, old: Resource | None = None) -> str:
    """Return the field manager by which a resource is applied: a patch's stays what it was in `old`."""
    if not resource.is_patch:
        return FIELD_MANAGER
    known = resource.outputs or (old.outputs if old else {})
    if said := _annotation(to_api(resource.inputs), _MANAGER):
        return said
    own = f"{FIELD_MANAGER}-{hashlib.sha256(resource.urn.encode()).hexdigest()[:8]}"
    return str(known.get(_RECORDED) or own)


def relinquish(client: KubeClient, resource: Resource) -> None:
    """Let go of a patch's fields, of the very object that it was applied to; values that nobody else set go.

    Raises MecctlError when the object can't be without them.
    """
    live = live_of(resource.outputs)
    kept = {key: live["metadata"][key] for key in ("name", "namespace", "uid") if key in live["metadata"]}
    nothing = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": kept}
    try:
        client.apply(nothing, force=True, manager=manager_of(resource))
    except KubeError as error:
        if error.missing or error.status == 409:  # gone, or another object by now
            return
        if error.status != 422:
            raise
        raise MecctlError(
            f"{title(live)} can't be without the fields of this patch, which nobody else sets",
            why=error.message,
            fix="set them by something else first, or keep them with retain_on_delete",
        ) from error


def in_use(condemned: Resource, others: Iterable[Resource]) -> bool:
    """Whether the object of a replaced resource has become that of another, as when a change was taken back.

    A patch is only told by itself: it may share its object with anyone.
    """
    return any(
        one.has_object
        and one.uid == condemned.uid
        and one.is_patch == condemned.is_patch
        and (one.urn == condemned.urn or not one.is_patch)
        for one in others
    )


def _annotation(obj: Object, name: str) -> str | None:
    annotations = obj["metadata"].get("annotations")
    value = annotations.get(name) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else None
