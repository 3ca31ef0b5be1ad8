"""Stands in for the kubelets of an API that has none: every pod is said to run and be ready."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.apiserver import ApiServer

_READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


@contextmanager
def kubelets(api: ApiServer) -> Iterator[None]:
    """Say of each pod that it is ready, until the end."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(api, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run(api: ApiServer, stop: threading.Event) -> None:
    with api.client() as client:
        while not stop.is_set():
            for event in client.watch("v1", "Pod", timeout=1):
                pod = event.object
                if event.type != "ADDED" or pod.get("status", {}).get("phase") == "Running":
                    continue
                path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"
                try:
                    merge = {"Content-Type": "application/strategic-merge-patch+json"}
                    client.request("PATCH", path, body={"status": _READY}, headers=merge)
                except KubeError as error:
                    if error.status != 404:
                        raise
