"""Which nodes have a ready pod of a workload, and since when; and pods that go so that others come."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

from mecctl.cluster.health import connect

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.model import Site

Ready = frozenset[str]
Moment = tuple[float, Ready]
"""A time of the monotonic clock in seconds, and the addresses of the nodes with a ready pod from then on."""


class Readiness(threading.Thread):
    """Follows the pods of a workload by watch from `start` to `stop`; `moments` are in order, without repetitions."""

    def __init__(self, kubeconfig: Path, site: Site, workload: str) -> None:
        super().__init__(daemon=True)
        (work,) = (one for one in site.workloads if one.name == workload)
        self.namespace, self._name = site.slice(work.slice).namespace, workload
        self._kubeconfig, self._site = kubeconfig, site
        self._nodes = {node.name: str(node.address) for node in site.nodes}
        self._ended = threading.Event()
        self.moments: list[Moment] = []
        self.deleted = 0

    def run(self) -> None:
        pods: dict[str, str] = {}
        with connect(self._kubeconfig, self._site) as client:
            label = f"app.kubernetes.io/name={self._name}"
            for event in client.watch("v1", "Pod", self.namespace, label_selector=label, timeout=3600):
                if self._ended.is_set():
                    return
                if event.type != "SYNCED":
                    self._take(pods, event.type, event.object)
                now = frozenset(pods.values())
                if not self.moments or self.moments[-1][1] != now:
                    self.moments.append((time.monotonic(), now))

    def _take(self, pods: dict[str, str], kind: str, pod: dict[str, Any]) -> None:
        name, conditions = pod["metadata"]["name"], pod["status"].get("conditions") or ()
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
        if kind != "DELETED" and ready and "deletionTimestamp" not in pod["metadata"]:
            pods[name] = self._nodes[pod["spec"]["nodeName"]]
        else:
            pods.pop(name, None)

    def churn(self, seconds: float, every: float) -> None:
        """Delete a random pod of the workload each `every` seconds, all of them each fifth time."""
        end = time.monotonic() + seconds
        with connect(self._kubeconfig, self._site) as client:
            while time.monotonic() < end:
                pods = client.list("v1", "Pod", self.namespace, label_selector=f"app.kubernetes.io/name={self._name}")
                self.deleted += 1
                for pod in pods if self.deleted % 5 == 0 else random.sample(pods, min(1, len(pods))):
                    client.delete(pod)
                time.sleep(min(every, max(0.0, end - time.monotonic())))

    def stop(self) -> None:
        """End at the next event; what was seen stays."""
        self._ended.set()
