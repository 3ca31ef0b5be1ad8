"""Watches one object until it is ready, within a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects.objects import title
from mecctl.engine.readiness import hints
from mecctl.engine.readiness.explain import explain
from mecctl.engine.readiness.rules import judge
from mecctl.engine.readiness.workloads import outdated
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.objects import Object
    from mecctl.engine.readiness.verdict import Verdict

_WITHIN = 600.0  # seconds, as the Pulumi provider has it, unless the object or the program says otherwise


def wait(client: KubeClient, live: Object, seconds: float | None, tell: Callable[[str], None]) -> Object:
    """Return the object once it is ready; `tell` hears why it isn't yet.

    Raises MecctlError, with the reason a person needs, when it isn't within `seconds` (default: its annotation, or 600)
    or never will be.
    """
    limit = seconds or hints.timeout(live) or _WITHIN
    verdict = judge(live)
    if verdict.ready or _waits_for_consumer(client, live):
        return live
    tell(verdict.why)
    metadata, before, present = live["metadata"], live, False
    events = client.watch(
        live["apiVersion"], live["kind"], metadata.get("namespace"), name=metadata["name"], timeout=limit
    )
    for event in events:
        present = present or event.type != "SYNCED"
        if event.type == "DELETED" or not present:
            raise MecctlError(f"{title(live)} was deleted by someone else while it was becoming ready")
        if event.type == "SYNCED":
            continue
        live = event.object
        verdict = judge(live)
        if verdict.ready:
            return live
        if verdict.final and not outdated(before, live):
            break
        tell(verdict.why)
    raise _failure(client, live, verdict, limit)


def _failure(client: KubeClient, live: Object, verdict: Verdict, limit: float) -> MecctlError:
    what = f"{title(live)} " + ("will not become ready" if verdict.final else f"is not ready after {limit:g} s")
    why = "\n".join([verdict.why, *(f"    {line}" for line in explain(client, live))])
    return MecctlError(what, why=why, fix="mend the cause, then run the same command again")


def _waits_for_consumer(client: KubeClient, live: Object) -> bool:
    """Whether a claim is left unbound until a pod uses it, which is as ready as it gets alone."""
    if live["kind"] != "PersistentVolumeClaim" or hints.expressions(live):
        return False
    if not (name := live["spec"].get("storageClassName")):
        return False
    try:
        found = client.get("storage.k8s.io/v1", "StorageClass", name)
    except KubeError as error:
        if error.status == 404:
            return False
        raise
    return bool(found.get("volumeBindingMode") == "WaitForFirstConsumer")
