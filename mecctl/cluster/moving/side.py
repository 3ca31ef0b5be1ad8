"""One site's side of a move: its gate, as it runs, and its record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mecctl.cluster.moving.beside import tell
from mecctl.cluster.moving.key import Key
from mecctl.cluster.moving.pod import CARRIER, VolumesPod
from mecctl.cluster.moving.where import ledger
from mecctl.engine.readiness.verdict import serves
from mecctl.engine.readiness.wait import wait
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site, Workload

_READY = 60.0
_AGAIN = 2
"""How often a command is given again whose start isn't heard of."""


@dataclass(frozen=True)
class Gate:
    """What a gate says of itself: where it sends requests, since which move; see gate/control.py."""

    name: str
    epoch: int
    served: int
    busy: int


class Side:
    """A workload at one site."""

    def __init__(self, client: KubeClient, site: Site, work: Workload) -> None:
        self._client, self.site, self.work = client, site, work
        self.namespace = site.slice(work.slice).namespace
        self.ledger = ledger(client, site, work)
        self.key = Key(client, self.namespace, work.name)
        self.pod = VolumesPod(client, self.namespace, work)

    def prepare(self, *, runs: bool) -> None:
        """Return once its gate is ready here, and if it `runs` here itself; MecctlError with the reason if not."""
        own = [(self.work.kind, self.work.name)] if runs else []
        for kind, name in (*own, ("Deployment", f"{self.work.name}-gate")):
            live = self._client.get("apps/v1", kind, name, self.namespace)
            wait(self._client, live, _READY, lambda _: None)

    @cached_property
    def address(self) -> str:
        """Where clients outside reach the gate, as host:port; raises MecctlError if nobody does."""
        service = self._client.get("v1", "Service", f"{self.work.name}-outside", self.namespace)
        (port,) = service["spec"]["ports"]
        nodes = {node.name: str(node.address) for node in self.site.nodes}
        return f"{nodes[self._pod['spec']['nodeName']]}:{port['nodePort']}"

    @property
    def app(self) -> str:
        """Where the gate reaches the workload, as host:port; no name, which would have to be looked up in a hold."""
        return f"{self._here['clusterIP']}:{self._here['ports'][0]['port']}"

    @property
    def carrier(self) -> str:
        """Where the gate reaches the carrier beside a workload with volumes, as host:port."""
        (port,) = (port["port"] for port in self._here["ports"] if port["name"] == CARRIER)
        return f"{self._here['clusterIP']}:{port}"

    def gate(self, *words: str) -> Gate:
        """Give the gate a command for its mode, and return what it is in then; raises MecctlError if it can't.

        Given twice, a command does the same, so one whose start isn't heard of is given again.
        """
        for _ in range(_AGAIN):
            with suppress(UnreachableError):
                return Gate(**self.tell(*(words or ("mode",))))
        return Gate(**self.tell(*(words or ("mode",))))

    def tell(self, *words: str) -> dict[str, Any]:
        """Give the gate a command of gate/desk.py, and return its answer; raises MecctlError with its `error`."""
        return tell(self._client, self.namespace, self._pod["metadata"]["name"], "gate", words)

    @cached_property
    def _here(self) -> dict[str, Any]:
        spec: dict[str, Any] = self._client.get("v1", "Service", f"{self.work.name}-here", self.namespace)["spec"]
        return spec

    @cached_property
    def _pod(self) -> dict[str, Any]:
        label = f"app.kubernetes.io/name={self.work.name}-gate"
        found = [pod for pod in self._client.list("v1", "Pod", self.namespace, label) if serves(pod)]
        if len(found) != 1:
            raise MecctlError(
                f"{self.work.name} has {len(found)} gates that are ready, and one is its gate",
                where=self.site.name,
                fix=f"mecctl site up {self.site.name}",
            )
        return found[0]
