"""The pod of a workload that moves with its volumes: one where it is, and one at either site while it moves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.cluster.moving.beside import tell
from mecctl.engine.kube import KubeError
from mecctl.engine.readiness.explain import explain
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Workload

CARRIER = "carrier"
_PATIENCE, _GRACE = 120.0, 60.0
_MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True)
class VolumesPod:
    """The only pod of a StatefulSet, and the carrier in it (gate/carrier.py)."""

    client: KubeClient
    namespace: str
    work: Workload

    @property
    def wanted(self) -> bool:
        """Whether there is to be one; not where its workload isn't made yet."""
        try:
            live = self.client.get("apps/v1", "StatefulSet", self.work.name, self.namespace)
        except KubeError as error:
            if not error.missing:
                raise
            return False
        return bool(live["spec"]["replicas"])

    def begin(self) -> None:
        """Return once its carrier runs; raises MecctlError with the reason why it doesn't."""
        self._scale(1)
        found = None
        for event in self.client.watch("v1", "Pod", self.namespace, name=self.name, timeout=_PATIENCE):
            if event.type in {"ADDED", "MODIFIED"}:
                found = event.object
                if _carries(found):
                    return
        why = explain(self.client, found) if found else ["there is no pod"]
        raise MecctlError(f"pod {self.name} doesn't take volumes in", why="\n".join(why), fix="run it again then")

    def end(self) -> None:
        """Return once there is none."""
        self._scale(0)
        try:
            found = self.client.get("v1", "Pod", self.name, self.namespace)
            body = {"preconditions": {"uid": found["metadata"]["uid"]}}
            self.client.request("DELETE", f"/api/v1/namespaces/{self.namespace}/pods/{self.name}", body=body)
        except KubeError as error:
            if not error.missing:
                raise
            return
        # What is stopped doesn't hear that it shall end, and what it has is at the other site.
        with suppress(MecctlError):  # without a carrier it ends when its grace period does
            self.tell("end")
        self.client.wait_gone(found, _GRACE)

    def tell(self, *words: str) -> dict[str, Any]:
        """Give the carrier a command of gate/desk.py, and return its answer."""
        return tell(self.client, self.namespace, self.name, CARRIER, words)

    def _scale(self, replicas: int) -> None:
        path = f"/apis/apps/v1/namespaces/{self.namespace}/statefulsets/{self.work.name}/scale"
        self.client.request("PATCH", path, body={"spec": {"replicas": replicas}}, headers=_MERGE)

    @property
    def name(self) -> str:
        """Its name, which a StatefulSet gives its first pod."""
        return f"{self.work.name}-0"


def _carries(pod: dict[str, Any]) -> bool:
    found = pod.get("status", {}).get("initContainerStatuses", [])
    running = any(one["name"] == CARRIER and "running" in one["state"] for one in found)
    return running and "deletionTimestamp" not in pod["metadata"]
