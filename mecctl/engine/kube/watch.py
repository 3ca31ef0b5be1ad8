"""Watches: what is there now, then every change, until a deadline (Kubernetes API concepts, "Efficient detection")."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mecctl.engine.kube.errors import KubeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube.transport import Transport

_GRACE = 5.0  # seconds the server may take beyond its own timeout
_LONGEST = 300.0  # seconds of one connection


@dataclass(frozen=True)
class Event:
    """A change of `object`; SYNCED (with an empty object) follows once all that was there has been told as ADDED."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "SYNCED"]
    object: dict[str, Any]


def watch(transport: Transport, path: str, selectors: dict[str, str], deadline: float) -> Iterator[Event]:
    """Yield events until `deadline` (time.monotonic); broken or expired streams are taken up again with a new list.

    Raises KubeError when the server refuses, UnreachableError when it can't be reached, StoppedError once the
    transport's `stop` is asked for.
    """
    while time.monotonic() < deadline:
        transport.stop.check()
        listed = transport.send("GET", path, params=selectors).json()
        kind = {"apiVersion": listed["apiVersion"], "kind": listed["kind"].removesuffix("List")}
        for item in listed["items"]:
            yield Event("ADDED", {**kind, **item})
        yield Event("SYNCED", {})
        yield from _follow(transport, path, selectors, listed["metadata"]["resourceVersion"], deadline)


def _follow(
    transport: Transport, path: str, selectors: dict[str, str], version: str, deadline: float
) -> Iterator[Event]:
    while (left := min(deadline - time.monotonic(), _LONGEST)) > 0:
        params = {
            **selectors,
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(max(1, int(left))),
        }
        stream = transport.stream(path, params, left + _GRACE)
        with transport.stop.cutting(stream.socket), closing(stream):
            for event in map(json.loads, stream.lines()):
                if event["type"] == "ERROR":
                    return _expired(event["object"], path)
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] != "BOOKMARK":
                    yield Event(event["type"], event["object"])
                if time.monotonic() >= deadline:
                    return None
        transport.stop.check()
    return None


def _expired(status: dict[str, Any], path: str) -> None:
    if status.get("code") != 410:
        raise KubeError(status.get("code", 500), status.get("reason", ""), status.get("message", ""), where=path)
