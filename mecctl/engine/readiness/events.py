"""What controllers say about an object: failed conditions, and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.objects import Object

_MOST = 3  # events quoted
_ANY_TYPE = {"PersistentVolumeClaim"}  # why a claim stays unbound is told as an ordinary event


def failures(live: Object) -> Iterator[str]:
    """Yield why a controller could not make pods: a quota, an admission policy."""
    for one in (live.get("status") or {}).get("conditions") or ():
        if one["type"] == "ReplicaFailure" and one.get("status") == "True" and one.get("message"):
            yield one["message"]


def recent(client: KubeClient, live: Object) -> list[str]:
    """Return the last few events about an object that complain, oldest first."""
    metadata = live["metadata"]
    selector = f"involvedObject.uid={metadata['uid']}"
    if live["kind"] not in _ANY_TYPE:
        selector += ",type=Warning"
    found = client.list("v1", "Event", metadata.get("namespace"), field_selector=selector)
    found.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    told = (f"{event.get('reason')}: {event.get('message')}" for event in found)
    return list(dict.fromkeys(told))[-_MOST:]
