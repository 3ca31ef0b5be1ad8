"""Why a workload isn't ready: what its pods, and the controllers that should have made them, complain of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeError
from mecctl.engine.readiness.events import failures, recent
from mecctl.engine.readiness.routes import complaints
from mecctl.engine.readiness.verdict import condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.objects import Object

_MOST = 3  # pods spoken of
_LINES = 5  # of a crashed container's log
_FINE = {"ContainerCreating", "PodInitializing"}


def explain(client: KubeClient, live: Object) -> list[str]:
    """Return what keeps the object from being ready, as lines; empty when nothing is known."""
    try:
        said = [*failures(live), *_of_pods(client, live)]
        if live["kind"] == "Ingress":
            said += complaints(client, live)
        return said or recent(client, live)
    except KubeError as error:
        return [f"and the reason can't be asked for: {error.message}"]


def _of_pods(client: KubeClient, live: Object) -> Iterator[str]:
    for pod in _pods(client, live)[:_MOST]:
        yield from _pod(client, pod)


def _pods(client: KubeClient, live: Object) -> list[Object]:
    if live["kind"] == "Pod":
        metadata = live["metadata"]
        return [client.get("v1", "Pod", metadata["name"], metadata["namespace"])]
    labels = (live.get("spec") or {}).get("selector")
    wanted = labels.get("matchLabels") if isinstance(labels, dict) else None
    if not wanted:
        return []
    selector = ",".join(f"{key}={value}" for key, value in wanted.items())
    pods = client.list("v1", "Pod", live["metadata"]["namespace"], selector)
    return [pod for pod in pods if condition(pod, "Ready").get("status") != "True"]


def _pod(client: KubeClient, pod: Object) -> Iterator[str]:
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    placed = condition(pod, "PodScheduled")
    if placed.get("status") == "False":
        yield f"pod {name} has no node: {placed.get('message', placed.get('reason', ''))}"
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        yield from _container(client, pod, container)


def _container(client: KubeClient, pod: Object, status: dict[str, Any]) -> Iterator[str]:
    place = f"pod {pod['metadata']['name']}, container {status['name']}"
    state, before = status.get("state") or {}, (status.get("lastState") or {}).get("terminated")
    waiting, ended = state.get("waiting") or {}, state.get("terminated") or before
    if waiting.get("reason") and waiting["reason"] not in _FINE:
        yield f"{place}: {waiting['reason']}: {waiting.get('message', '')}".rstrip(": ")
    elif "running" in state and not status.get("ready") and not ended:
        yield f"{place} runs and isn't ready; its last lines:"
        yield from _log(client, pod, status["name"], previous=False)
    if ended and ended.get("exitCode"):
        yield f"{place} ended with {ended['exitCode']} ({ended.get('reason', 'Error')}); its last lines:"
        yield from _log(client, pod, status["name"], previous=ended is before)


def _log(client: KubeClient, pod: Object, container: str, *, previous: bool) -> Iterator[str]:
    metadata = pod["metadata"]
    try:
        text = client.logs(metadata["namespace"], metadata["name"], container, tail=_LINES, previous=previous)
    except KubeError as error:
        text = f"(no log: {error.message})"
    yield from (f"  {line}" for line in text.splitlines() or ["(it printed nothing)"])
