"""Plays the kubelet, or any controller that a bare API lacks: gives objects a status as soon as they are there."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeClient, KubeError
from mecctl.engine.kube.stop import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cases import Case

RUNNING = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


@contextmanager
def giving(
    case: Case, status: dict[str, Any], kind: str = "Pod", api_version: str = "v1", *, everywhere: bool = False
) -> Iterator[None]:
    """Give every object of a kind in the case's namespace, or everywhere, a status."""
    with KubeClient.from_kubeconfig(case.kubeconfig) as client:
        thread = threading.Thread(
            target=_serve, args=(client, None if everywhere else case.ns, status, kind, api_version)
        )
        thread.start()
        try:
            yield
        finally:
            client.stop.ask()
            thread.join()


def _serve(client: KubeClient, ns: str | None, status: dict[str, Any], kind: str, api_version: str) -> None:
    with suppress(StoppedError):
        for event in client.watch(api_version, kind, ns, timeout=120):
            if event.type == "ADDED":
                metadata = event.object["metadata"]
                path = client.served(api_version, kind).path(metadata["name"], metadata["namespace"])
                headers = {"Content-Type": "application/merge-patch+json"}
                with suppress(KubeError):  # it may be gone already
                    client.request("PATCH", f"{path}/status", body={"status": status}, headers=headers)
