"""When an object of a kind is ready, read from the object itself.

The rules are those of pulumi-kubernetes' await package and of `kubectl rollout status`, in short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.objects import Object

_SKIP = "pulumi.com/skipAwait"
_WAIT_FOR = "pulumi.com/waitFor"


@dataclass(frozen=True)
class Verdict:
    """Whether an object is ready, else why not; `final` when it never will be."""

    ready: bool
    why: str = ""
    final: bool = False


_READY = Verdict(ready=True)


def needed(live: Object) -> bool:
    """Whether to wait for this object at all. Raises MecctlError for a way of waiting that the engine doesn't have."""
    annotations = live["metadata"].get("annotations") or {}
    if _WAIT_FOR in annotations:
        raise MecctlError(f"the engine doesn't know the annotation {_WAIT_FOR}")
    return (live["apiVersion"].partition("/")[0], live["kind"]) in _RULES and annotations.get(_SKIP) != "true"


def judge(live: Object) -> Verdict:
    """Say whether an object is ready; kinds without a rule always are."""
    if not needed(live):
        return _READY
    return _RULES[live["apiVersion"].partition("/")[0], live["kind"]](live)


def _unless(why: str) -> Verdict:
    return Verdict(ready=not why, why=why)


def _condition(live: Object, type_: str) -> dict[str, Any]:
    for condition in (live.get("status") or {}).get("conditions") or ():
        if condition["type"] == type_:
            return dict(condition)
    return {}


def _seen(live: Object) -> bool:
    return int((live.get("status") or {}).get("observedGeneration", 0)) >= int(live["metadata"].get("generation", 0))


def _deployment(live: Object) -> Verdict:
    spec, status = live["spec"], live.get("status") or {}
    if spec.get("paused"):
        return _READY
    progressing = _condition(live, "Progressing")
    if _seen(live) and progressing.get("reason") == "ProgressDeadlineExceeded":
        return Verdict(ready=False, why=progressing.get("message", "no progress"), final=True)
    want = spec.get("replicas", 1)
    counts = [status.get(name, 0) for name in ("updatedReplicas", "availableReplicas", "replicas")]
    good = _seen(live) and counts == [want] * 3
    return _unless("" if good else f"{counts[1]} of {want} replicas available, {counts[0]} up to date")


def _daemon_set(live: Object) -> Verdict:
    spec, status = live["spec"], live.get("status") or {}
    want = status.get("desiredNumberScheduled", 0)
    new, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if (spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        new = want
    good = _seen(live) and new == want == available
    return _unless("" if good else f"{available} of {want} pods available, {new} up to date")


def _stateful_set(live: Object) -> Verdict:
    spec, status = live["spec"], live.get("status") or {}
    want, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    rolling = (spec.get("updateStrategy") or {}).get("type") != "OnDelete"
    new = status.get("updatedReplicas", 0) if rolling else want
    first = ((spec.get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition", 0)
    good = _seen(live) and ready == want and new >= max(want - first, 0)
    return _unless("" if good else f"{ready} of {want} pods ready, {new} up to date")


def _job(live: Object) -> Verdict:
    failed = _condition(live, "Failed")
    if failed.get("status") == "True":
        return Verdict(ready=False, why=failed.get("message", "the job failed"), final=True)
    if live["spec"].get("suspend") or _condition(live, "Complete").get("status") == "True":
        return _READY
    return _unless(f"{(live.get('status') or {}).get('succeeded', 0)} pods have succeeded so far")


def _pod(live: Object) -> Verdict:
    status = live.get("status") or {}
    if status.get("phase") == "Failed":
        return Verdict(ready=False, why=status.get("message") or "the pod failed", final=True)
    if status.get("phase") == "Succeeded" or _condition(live, "Ready").get("status") == "True":
        return _READY
    return _unless(f"the pod is {status.get('phase', 'Pending')}")


def _namespace(live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return _unless("" if phase == "Active" else f"the namespace is {phase}")


def _service(live: Object) -> Verdict:
    if live["spec"].get("type") != "LoadBalancer":
        return _READY
    given = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    return _unless("" if given else "no load balancer has given it an address")


def _claim(live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return _unless("" if phase == "Bound" else f"the claim is {phase}")


def _crd(live: Object) -> Verdict:
    names = _condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return Verdict(ready=False, why=names.get("message", "its names are taken"), final=True)
    return _unless("" if _condition(live, "Established").get("status") == "True" else "not established yet")


_RULES: dict[tuple[str, str], Callable[[Object], Verdict]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _crd,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("v1", "Namespace"): _namespace,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("v1", "Pod"): _pod,
    ("v1", "Service"): _service,
}
