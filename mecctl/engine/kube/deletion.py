"""Deletes that end when the object is gone, and say what holds it when it doesn't go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine.kube.errors import KubeError
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.kube.client import KubeClient

Object = dict[str, Any]


def delete(client: KubeClient, obj: Object, wait: float | None, propagation: str) -> bool:
    """Do as `KubeClient.delete` says."""
    uid = obj["metadata"].get("uid")
    options = {"propagationPolicy": propagation, **({"preconditions": {"uid": uid}} if uid else {})}
    try:
        with client.at(obj) as path:
            client.request("DELETE", path, body=options)
    except KubeError as error:
        if other := _otherwise_served(client, obj, error):
            return delete(client, other, wait, propagation)
        if error.missing or (error.status == 409 and uid and not _is(client, obj)):
            return False
        raise
    if wait is not None:
        wait_gone(client, obj, wait)
    return True


def wait_gone(client: KubeClient, obj: Object, wait: float) -> None:
    """Do as `KubeClient.wait_gone` says."""
    try:
        _wait_gone(client, obj, wait)
    except KubeError as error:
        if other := _otherwise_served(client, obj, error):
            wait_gone(client, other, wait)
        elif not error.missing:
            raise


def _wait_gone(client: KubeClient, obj: Object, wait: float) -> None:
    metadata, last = obj["metadata"], obj
    namespace = metadata.get("namespace") or client.namespace
    present = False
    for event in client.watch(obj["apiVersion"], obj["kind"], namespace, name=metadata["name"], timeout=wait):
        if event.type == "SYNCED":
            if not present:
                return
            present = False  # a watch that is taken up again tells what is there anew
            continue
        uid = event.object["metadata"]["uid"]
        if event.type == "DELETED" or uid != metadata.get("uid", uid):
            return
        present, last = True, event.object
    raise MecctlError(
        f"{obj['kind']} {metadata['name']} is not gone {wait:g} s after it was deleted",
        why=holding(last),
        fix="see what should remove it, then run the same command again",
    )


def held_namespace(client: KubeClient, obj: Object, error: KubeError) -> KubeError:
    """Return the error of a namespace that is being deleted with what holds that namespace, any other as it is."""
    if not any(reason == "NamespaceTerminating" for _, reason, _ in error.causes):
        return error
    name = obj["metadata"].get("namespace") or client.namespace
    error.why = f"the namespace {name} is being deleted; {holding(client.get('v1', 'Namespace', name))}"
    error.fix = "see what should remove it, then run the same command again"
    return error


def holding(live: Object) -> str:
    """Say what keeps a deleted object: its finalizers, a volume's claim, and what a namespace still has in it."""
    finalizers = [*(live["metadata"].get("finalizers") or ()), *((live.get("spec") or {}).get("finalizers") or ())]
    conditions = (live.get("status") or {}).get("conditions") or ()
    told = [one["message"] for one in conditions if one.get("status") == "True" and one.get("message")]
    if live["kind"] == "PersistentVolume" and (claim := (live.get("spec") or {}).get("claimRef")):
        told.append(f"it is bound to the claim {claim.get('namespace')}/{claim.get('name')}")
    return "; ".join([f"its finalizers: {', '.join(map(str, finalizers)) or 'none'}", *told])


def _otherwise_served(client: KubeClient, obj: Object, error: KubeError) -> Object | None:
    """Return the object as another version of its group serves it, if the error is that its own no longer does."""
    others = client.versions(obj["apiVersion"], obj["kind"]) if error.reason == "NoKind" else []
    return {**obj, "apiVersion": others[0]} if others else None


def _is(client: KubeClient, obj: Object) -> bool:
    metadata = obj["metadata"]
    try:
        live = client.get(obj["apiVersion"], obj["kind"], metadata["name"], metadata.get("namespace"))
    except KubeError as error:
        if error.missing:
            return False
        raise
    return bool(live["metadata"]["uid"] == metadata["uid"])
