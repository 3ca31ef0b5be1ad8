"""Plays the kubelet, or any controller that a bare API lacks: gives objects a status as soon as they are there."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeClient
from mecctl.engine.kube.stop import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cases import Case

RUNNING = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


@contextmanager
def giving(case: Case, status: dict[str, Any], kind: str = "Pod", api_version: str = "v1") -> Iterator[None]:
    """Give every object of a kind in the case's namespace a status."""
    with KubeClient.from_kubeconfig(case.kubeconfig) as client:
        thread = threading.Thread(target=_serve, args=(client, case.ns, status, kind, api_version))
        thread.start()
        try:
            yield
        finally:
            client.stop.ask()
            thread.join()


def _serve(client: KubeClient, ns: str, status: dict[str, Any], kind: str, api_version: str) -> None:
    with suppress(StoppedError):
        for event in client.watch(api_version, kind, ns, timeout=120):
            if event.type == "ADDED":
                path = client.served(api_version, kind).path(event.object["metadata"]["name"], ns)
                headers = {"Content-Type": "application/merge-patch+json"}
                client.request("PATCH", f"{path}/status", body={"status": status}, headers=headers)
