"""Runs probe pods and reads what they printed; leaves none behind, not even those of a killed run."""

from __future__ import annotations

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError
from mecctl.probe.fit import fitted
from mecctl.probe.pod import IMAGE, SELECTOR, expected, probe_pod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.probe.attempts import Attempt

Object = dict[str, Any]
Result = dict[str, Any]

START = 30.0
"""Seconds that probe pods get to start."""
RESULTS = 15.0
"""Seconds that a running pod gets to print its results; its own script ends sooner."""
_NO_IMAGE = {"ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "InvalidImageName"}
_STUCK = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}


def run(client: KubeClient, site: Site, attempts: Sequence[Attempt]) -> dict[int, Result]:
    """Make all attempts, one pod a slice and all at once; return what each printed by the attempt's index.

    Raises MecctlError when a pod is not admitted or doesn't start.
    """
    for left in client.list("v1", "Pod", label_selector=SELECTOR):
        client.delete(left)
    name = f"mecctl-probe-{secrets.token_hex(4)}"
    pods = [
        fitted(probe_pod(name, part.namespace, [(i, o) for i, o in enumerate(attempts) if o.slice == part.name]), part)
        for part in site.slices
    ]
    try:
        for pod in pods:
            _create(client, pod)
        return _collect(client, name, {pod["metadata"]["namespace"]: expected(pod) for pod in pods})
    finally:
        for pod in pods:
            client.delete(pod)


def _create(client: KubeClient, pod: Object) -> None:
    try:
        client.create(pod)
    except KubeError as error:
        if error.status != 403:
            raise
        raise MecctlError(
            f"the probe's pod is not admitted to {pod['metadata']['namespace']}",
            why=error.message,
            fix="leave room for one more pod in the slice's quota, then run the same command again",
        ) from error


def _collect(client: KubeClient, name: str, wanted: Mapping[str, int]) -> dict[int, Result]:
    """Read each pod's log from the moment it runs until it holds a result of every attempt."""
    waiting: dict[str, Object] = {namespace: {} for namespace in wanted}
    reads = []
    threads = ThreadPoolExecutor(len(wanted))
    try:
        for event in client.watch("v1", "Pod", label_selector=SELECTOR, timeout=START):
            about = event.object.get("metadata", {})
            namespace = about.get("namespace")
            if event.type in ("SYNCED", "DELETED") or about["name"] != name or namespace not in waiting:
                continue
            waiting[namespace] = event.object
            if event.object["status"].get("phase") in ("Running", "Succeeded", "Failed"):
                reads.append(threads.submit(_read, client, namespace, name, wanted[namespace]))
                del waiting[namespace]
            else:
                _refuse_stuck(event.object)
            if not waiting:
                return {one["id"]: one for read in reads for one in read.result()}
    finally:
        # A log that is still read ends with its pod, which the caller deletes.
        threads.shutdown(wait=False, cancel_futures=True)
    raise _late(waiting)


def _read(client: KubeClient, namespace: str, pod: str, wanted: int) -> list[Result]:
    """Read a log again and again: kubelets can't follow one where a host's inotify instances are used up."""
    path, end = f"/api/v1/namespaces/{namespace}/pods/{pod}/log", time.monotonic() + RESULTS
    while True:
        text = str(client.request("GET", path))
        found = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        if len(found) >= wanted or time.monotonic() > end:
            return found
        time.sleep(0.1)


def _refuse_stuck(pod: Object) -> None:
    for container in pod["status"].get("containerStatuses", ()):
        waiting = container["state"].get("waiting") or {}
        where = f"slice namespace {pod['metadata']['namespace']}"
        if waiting.get("reason") in _NO_IMAGE:
            raise MecctlError(
                f"the probe's image {IMAGE} isn't on the node {pod['spec'].get('nodeName')}",
                where=where,
                why=waiting.get("message") or waiting["reason"],
                fix="it comes with the site's artifacts: import it into the node's container runtime",
            )
        if waiting.get("reason") in _STUCK:
            raise MecctlError("the probe's pod can't start", where=where, why=waiting.get("message"))


def _late(waiting: Mapping[str, Object]) -> MecctlError:
    return MecctlError(
        f"{len(waiting)} probe pods did not start within {START:g} s",
        why="; ".join(f"{namespace}: {_state(pod)}" for namespace, pod in sorted(waiting.items())),
        fix="see `kubectl get events -A`, then run the same command again",
    )


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
