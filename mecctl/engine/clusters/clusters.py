"""The clusters that programs reach by their providers: a client for each, made once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeClient, config
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.clusters.access import Access
    from mecctl.engine.kube import Stop
    from mecctl.engine.kube.config import Connection

_INLINE = Path("the provider's kubeconfig")


class Clusters:
    """Makes clients and closes them; safe between threads. `own` is the kubeconfig of providers that name none."""

    def __init__(self, own: Path, stop: Stop) -> None:
        self.stop = stop
        self._own = own
        self._lock = threading.Lock()
        self._clients: dict[tuple[Access, Path], KubeClient] = {}

    def client(self, access: Access, base: Path) -> KubeClient:
        """Return the client for an access; a path in it is relative to `base`. Raises MecctlError when unusable."""
        with self._lock:
            if (access, base) not in self._clients:
                connection = self._connection(access, base)
                self._clients[access, base] = KubeClient.connected(connection, access.timeout, self.stop)
            return self._clients[access, base]

    def same(self, one: Access, other: Access, base: Path) -> bool:
        """Whether two accesses lead to the same cluster, by what identifies it or else by its address.

        Like pulumi-kubernetes' DiffConfig, which compares a little more of the kubeconfig. Where one can't be told,
        because a file is gone, they count as the same, so that nothing is deleted by mistake.
        """
        if one == other:
            return True
        if one.identifier and other.identifier:
            return one.identifier == other.identifier
        try:
            return self._connection(one, base).server == self._connection(other, base).server
        except MecctlError:
            return True

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in self._clients.values():
                client.close()

    def _connection(self, access: Access, base: Path) -> Connection:
        chosen = (access.context or None, access.cluster or None, access.namespace or None)
        if not access.kubeconfig:
            return config.load(self._own, *chosen)
        if _is_content(access.kubeconfig):
            return config.parse(access.kubeconfig, _INLINE, *chosen)
        return config.load(base / Path(access.kubeconfig).expanduser(), *chosen)


def _is_content(text: str) -> bool:
    return "\n" in text or text.lstrip().startswith("{")
