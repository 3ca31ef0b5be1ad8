"""A small Kubernetes API client: kubeconfig, discovery, server-side apply, delete that waits, watch, logs.

    client = KubeClient.from_kubeconfig(path)                  # context=None: the file's current context
    client.get("v1", "Node", "edge-1")                         # -> the object as a dict; KubeError 404 when absent
    client.list("v1", "Pod", namespace="x", label_selector="app=y")       # -> list of objects, all pages
    client.apply(obj)                                          # server-side apply as field manager `mecctl`
    client.create(obj), client.delete(obj, wait=60)
    for event in client.watch("v1", "Pod", namespace="x", timeout=30): event.type, event.object
    client.logs("x", "pod-1", container=None, tail=20)
    client.request("GET", "/version")                          # -> parsed JSON, or text

Every method raises KubeError (status, reason, message) when the API server refuses, and UnreachableError when it
can't be reached. A client is safe to share between threads; close it, or use it in a `with`.
"""

from __future__ import annotations

from mecctl.engine.kube.client import FIELD_MANAGER, KubeClient
from mecctl.engine.kube.errors import ConflictError, KubeError
from mecctl.engine.kube.stop import Stop, StoppedError
from mecctl.engine.kube.watch import Event

__all__ = ["FIELD_MANAGER", "ConflictError", "Event", "KubeClient", "KubeError", "Stop", "StoppedError"]
