"""When an object of a kind is ready, read from the object itself.

The rules are those of pulumi-kubernetes' await package and of `kubectl rollout status`, in short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.engine.readiness import custom, hints, workloads
from mecctl.engine.readiness.verdict import READY, Verdict, condition, unless

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.objects.objects import Object


def needed(live: Object) -> bool:
    """Whether to wait for this object at all."""
    if hints.skipped(live):
        return False
    return bool(hints.expressions(live)) or _key(live) in RULES


def judge(live: Object) -> Verdict:
    """Say whether an object is ready; kinds without a rule always are, unless the program has one of its own."""
    if not needed(live):
        return READY
    if expressions := hints.expressions(live):
        return custom.judge(live, expressions)
    return RULES[_key(live)](live)


def _key(live: Object) -> tuple[str, str]:
    return live["apiVersion"].partition("/")[0], live["kind"]


def _pod(live: Object) -> Verdict:
    status = live.get("status") or {}
    if status.get("phase") == "Failed":
        return Verdict(ready=False, why=status.get("message") or "the pod failed", final=True)
    if status.get("phase") == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return READY
    return unless(f"the pod is {status.get('phase', 'Pending')}")


def _namespace(live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return unless("" if phase == "Active" else f"the namespace is {phase}")


def _service(live: Object) -> Verdict:
    # pulumi-kubernetes also lets ten seconds pass without a pod that isn't ready behind the service. Whoever runs the
    # pods is waited for anyway, and a program may make a service long before them; so its pods aren't waited for here.
    if live["spec"].get("type") != "LoadBalancer":
        return READY
    given = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    return unless("" if given else "no load balancer has given it an address")


def _ingress(live: Object) -> Verdict:
    given = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    return unless("" if given else "no ingress controller has given it an address")


def _claim(live: Object) -> Verdict:
    phase = (live.get("status") or {}).get("phase")
    return unless("" if phase == "Bound" else f"the claim is {phase}")


def _crd(live: Object) -> Verdict:
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return Verdict(ready=False, why=names.get("message", "its names are taken"), final=True)
    return unless("" if condition(live, "Established").get("status") == "True" else "not established yet")


RULES: dict[tuple[str, str], Callable[[Object], Verdict]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _crd,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("batch", "Job"): workloads.job,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("v1", "Namespace"): _namespace,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("v1", "Pod"): _pod,
    ("v1", "Service"): _service,
}
