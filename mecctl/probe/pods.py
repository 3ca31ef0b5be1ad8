"""Probe pods on a cluster: admitted or told why not, started or told what holds them, and what they printed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeError
from mecctl.engine.readiness.events import recent
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mecctl.engine.kube import KubeClient

Object = dict[str, Any]
Result = dict[str, Any]

RESULTS = 15.0
"""Seconds that a running pod gets to print its results; its own script ends sooner."""
_NO_ACCOUNT = "error looking up service account"
_ACCOUNT = 10.0  # seconds that a new namespace may be without its service account
_GRACE = 40.0  # seconds that a pod takes to leave, and a little more
_NO_IMAGE = {"ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName"}
_STUCK = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}


def create(client: KubeClient, pod: Object, patience: float = 0.0) -> None:
    """Create a pod; MecctlError when its namespace has no room for it, nor in `patience` seconds.

    A pod that is leaving counts in the quota until it is gone, so that long is waited.
    """
    begun, namespace = time.monotonic(), pod["metadata"]["namespace"]
    while True:
        try:
            client.create(pod)
        except KubeError as error:
            if error.status != 403:
                raise
            longest = _ACCOUNT if _NO_ACCOUNT in error.message else patience
            if _leaving(client, namespace):
                longest = max(longest, _GRACE)
            if time.monotonic() - begun < longest:
                client.stop.pause(0.1)
                continue
            raise MecctlError(
                f"the probe's pod is not admitted to {namespace}",
                why=error.message,
                fix="leave room for one more pod in the slice's quota, then run the same command again",
            ) from error
        return


def _leaving(client: KubeClient, namespace: str) -> bool:
    return any("deletionTimestamp" in pod["metadata"] for pod in client.list("v1", "Pod", namespace))


def started(client: KubeClient, pods: Iterable[Object], selector: str, within: float) -> list[Object]:
    """Return the pods, in their order, as they are once each has started; MecctlError says what holds one."""
    names = [_key(pod) for pod in pods]
    waiting: dict[str, Object] = {name: {} for name in names}
    found: dict[str, Object] = {}
    for event in client.watch("v1", "Pod", label_selector=selector, timeout=within) if names else ():
        if event.type in ("SYNCED", "DELETED") or (name := _key(event.object)) not in waiting:
            continue
        waiting[name] = event.object
        if has_started(event.object):
            found[name] = waiting.pop(name)
        else:
            refuse_stuck(event.object)
        if not waiting:
            break
    if waiting:
        raise late(client, waiting, within)
    return [found[name] for name in names]


def has_started(pod: Object) -> bool:
    """Whether its container runs or has run; of a pod that its node turned away none has."""
    status = pod["status"]
    return status.get("phase") in ("Running", "Succeeded") or bool(_failed(status) and status.get("containerStatuses"))


def read(
    client: KubeClient, namespace: str, pod: str, done: Callable[[list[Result]], bool], within: float = RESULTS
) -> list[Result]:
    """Return what a pod has printed once that is all, or when the time is over.

    The log is read again and again: kubelets can't follow one where a host's inotify instances are used up.
    """
    path, end = f"/api/v1/namespaces/{namespace}/pods/{pod}/log", time.monotonic() + within
    while True:
        text = str(client.request("GET", path))
        found = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        if done(found) or time.monotonic() > end:
            return found
        client.stop.pause(0.1)


def refuse_stuck(pod: Object) -> None:
    """Raise MecctlError for a pod that waits for what doesn't come by itself, or was turned away."""
    if _failed(status := pod["status"]) and not status.get("containerStatuses"):
        raise MecctlError(
            f"the node {pod['spec'].get('nodeName')} turns the probe's pod away",
            where=f"slice namespace {pod['metadata']['namespace']}",
            why=": ".join(filter(None, (status.get("reason"), status.get("message")))),
        )
    for container in pod["status"].get("containerStatuses", ()):
        waiting = container["state"].get("waiting") or {}
        where = f"slice namespace {pod['metadata']['namespace']}"
        if waiting.get("reason") in _NO_IMAGE:
            image = pod["spec"]["containers"][0]["image"]
            raise MecctlError(
                f"the probe's image {image} isn't on the node {pod['spec'].get('nodeName')}",
                where=where,
                why=waiting.get("message") or waiting["reason"],
                fix="it comes with the site's artifacts: import it into the node's container runtime",
            )
        if waiting.get("reason") in _STUCK:
            raise MecctlError("the probe's pod can't start", where=where, why=waiting.get("message"))


def _failed(status: Object) -> bool:
    return bool(status.get("phase") == "Failed")


def late(client: KubeClient, waiting: Mapping[str, Object], within: float) -> MecctlError:
    """Return the error of pods that did not start in time; `waiting` has the last that was seen of each."""
    found = client.list("v1", "Namespace")
    slices = {one["metadata"]["name"]: one["metadata"].get("labels", {}).get("mec.io/slice") for one in found}
    said = []
    for place, pod in sorted(waiting.items()):
        owner = slices.get(place.partition("/")[0])
        complaints = recent(client, pod)[-1:] if pod else []
        said.append(": ".join([f"slice {owner} ({place})" if owner else place, _state(pod), *complaints]))
    return MecctlError(
        f"{len(waiting)} probe pods did not start within {within:g} s",
        why="; ".join(said),
        fix="see `kubectl get events -A`, then run the same command again",
    )


def _key(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _state(pod: Object) -> str:
    """Say how far a pod has come: why it isn't scheduled, or what its container waits for."""
    status = pod.get("status", {})
    unscheduled = [
        one.get("message", "")
        for one in status.get("conditions", ())
        if one["type"] == "PodScheduled" and "message" in one
    ]
    waits = [
        one["state"]["waiting"].get("reason", "")
        for one in status.get("containerStatuses", ())
        if "waiting" in one["state"]
    ]
    return next(iter([*unscheduled, *waits]), "") or status.get("phase", "not seen")
