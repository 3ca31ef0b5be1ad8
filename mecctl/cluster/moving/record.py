"""What each site's cluster has written down of where a workload is: the journal of its moves, which gates start by."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from mecctl.engine.kube import KubeError

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient

Mode = Literal["local", "peer", "closed", "moving"]
_KEY = "state"


@dataclass(frozen=True)
class Record:
    """Where a site's gate sends requests, since which move, whence and whither; while `moving` also what was before.

    `peer` is the other site's gate as host:port.
    """

    mode: Mode
    epoch: int
    peer: str = ""
    source: str = ""
    target: str = ""
    was: tuple[Mode, int, str] | None = None

    @property
    def before(self) -> Record:
        """What it was before the move that is under way."""
        return Record(*self.was) if self.was else self


@dataclass(frozen=True)
class Ledger:
    """A site's record of one workload: ConfigMap `<workload>-gate-state` of its slice."""

    client: KubeClient
    namespace: str
    workload: str
    first: Mode

    def read(self) -> tuple[Record, str]:
        """Return the record and its version, the first one and an empty version before any move."""
        try:
            found = self.client.get("v1", "ConfigMap", self._name, self.namespace)
        except KubeError as error:
            if not error.missing:
                raise
            return Record(self.first, 0), ""
        told: dict[str, Any] = json.loads(found["data"][_KEY])
        was = told.pop("was")
        return Record(**told, was=tuple(was) if was else None), found["metadata"]["resourceVersion"]

    def write(self, record: Record, version: str) -> str:
        """Replace the version that was read, and return the new one; raises KubeError 409 if it is another by now."""
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": self._name,
                "namespace": self.namespace,
                "labels": {"app.kubernetes.io/managed-by": "mecctl"},
                **({"resourceVersion": version} if version else {}),
            },
            "data": {_KEY: json.dumps(asdict(record))},
        }
        path = f"/api/v1/namespaces/{self.namespace}/configmaps"
        verb, where = ("PUT", f"{path}/{self._name}") if version else ("POST", path)
        made: dict[str, Any] = self.client.request(verb, where, body=body)
        return str(made["metadata"]["resourceVersion"])

    @property
    def _name(self) -> str:
        return f"{self.workload}-gate-state"
