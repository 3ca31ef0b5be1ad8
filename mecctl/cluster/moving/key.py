"""What the two gates of a workload know each other by: a client that lacks it can't speak as the other gate."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError

if TYPE_CHECKING:
    from mecctl.cluster.moving.side import Side
    from mecctl.engine.kube import KubeClient


@dataclass(frozen=True)
class Key:
    """A site's copy of it: Secret `<workload>-gate-key` of the slice, which a gate that is started anew begins by."""

    client: KubeClient
    namespace: str
    workload: str

    def read(self) -> str:
        """Return it, empty before the first move."""
        try:
            found = self.client.get("v1", "Secret", self._name, self.namespace)
        except KubeError as error:
            if not error.missing:
                raise
            return ""
        return base64.b64decode(found["data"]["key"]).decode()

    def write(self, key: str) -> None:
        """Keep this one from now on."""
        self.client.apply(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {
                    "name": self._name,
                    "namespace": self.namespace,
                    "labels": {"app.kubernetes.io/managed-by": "mecctl"},
                },
                "data": {"key": base64.b64encode(key.encode()).decode()},
            },
            force=True,
        )

    @property
    def _name(self) -> str:
        return f"{self.workload}-gate-key"


def agree(source: Side, target: Side) -> str:
    """Have both gates know the same key, and return it.

    Written down at both sites before either gate is told, so that a gate which is started anew knows it too.
    """
    sides = (source, target)
    kept = {side.key.read() for side in sides}
    key = kept.pop() if len(kept) == 1 else ""
    if not key:
        key = secrets.token_hex(16)
        for side in sides:
            side.key.write(key)
    for side in sides:
        side.tell("key", key)
    return key
