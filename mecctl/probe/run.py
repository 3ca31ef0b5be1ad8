"""Runs probe pods and reads what they printed; leaves none behind, not even those of a killed run."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mecctl.probe.fit import fitted
from mecctl.probe.pod import SELECTOR, START, expected, probe_pod
from mecctl.probe.pods import create, has_started, late, read, refuse_stuck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.probe.attempts import Attempt

Object = dict[str, Any]
Result = dict[str, Any]


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
            create(client, pod)
        return _collect(client, name, {pod["metadata"]["namespace"]: expected(pod) for pod in pods})
    finally:
        for pod in pods:
            client.delete(pod)


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
            if has_started(event.object):
                reads.append(threads.submit(read, client, namespace, name, _all(wanted[namespace])))
                del waiting[namespace]
            else:
                refuse_stuck(event.object)
            if not waiting:
                return {one["id"]: one for reading in reads for one in reading.result()}
    finally:
        # A log that is still read ends with its pod, which the caller deletes.
        threads.shutdown(wait=False, cancel_futures=True)
    raise late(client, waiting, START)


def _all(wanted: int) -> Callable[[list[Result]], bool]:
    return lambda found: len(found) >= wanted
