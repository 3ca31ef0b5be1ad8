"""When objects that run pods are ready, read from the object itself.

The rules are those of pulumi-kubernetes' await package and of `kubectl rollout status`, in short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.engine.readiness.verdict import READY, Verdict, condition, seen, unless

if TYPE_CHECKING:
    from mecctl.engine.objects.objects import Object


def outdated(before: Object, live: Object) -> bool:
    """Whether "no progress" is said of an object as it was when it got changed, as `before` shows it.

    A Deployment's controller may take note of a change first, and take that back a moment later.
    """
    told, tells = (condition(one, "Progressing") for one in (before, live))
    return not seen(before) and bool(told) and told == tells


def deployment(live: Object) -> Verdict:
    """Judge a Deployment."""
    spec, status = live["spec"], live.get("status") or {}
    if spec.get("paused"):
        return READY
    progressing = condition(live, "Progressing")
    if seen(live) and progressing.get("reason") == "ProgressDeadlineExceeded":
        return Verdict(ready=False, why=progressing.get("message", "no progress"), final=True)
    want = spec.get("replicas", 1)
    counts = [status.get(name, 0) for name in ("updatedReplicas", "availableReplicas", "replicas")]
    good = seen(live) and counts == [want] * 3
    return unless("" if good else f"{counts[1]} of {want} replicas available, {counts[0]} up to date")


def daemon_set(live: Object) -> Verdict:
    """Judge a DaemonSet."""
    spec, status = live["spec"], live.get("status") or {}
    want = status.get("desiredNumberScheduled", 0)
    new, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if (spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        new = want
    good = seen(live) and new == want == available
    return unless("" if good else f"{available} of {want} pods available, {new} up to date")


def stateful_set(live: Object) -> Verdict:
    """Judge a StatefulSet."""
    spec, status = live["spec"], live.get("status") or {}
    want, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    rolling = (spec.get("updateStrategy") or {}).get("type") != "OnDelete"
    new = status.get("updatedReplicas", 0) if rolling else want
    first = ((spec.get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition", 0)
    good = seen(live) and ready == want and new >= max(want - first, 0)
    return unless("" if good else f"{ready} of {want} pods ready, {new} up to date")


def job(live: Object) -> Verdict:
    """Judge a Job."""
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        return Verdict(ready=False, why=failed.get("message", "the job failed"), final=True)
    if live["spec"].get("suspend") or condition(live, "Complete").get("status") == "True":
        return READY
    return unless(f"{(live.get('status') or {}).get('succeeded', 0)} pods have succeeded so far")
