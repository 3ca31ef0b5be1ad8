"""A node's new packet filter is kept once mecctl has come in anew; one that keeps it out is undone by the node."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Self

from mecctl.errors import MecctlError
from mecctl.nodes.ssh import connect

if TYPE_CHECKING:
    from concurrent.futures import Future

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

KEEP = "/usr/local/sbin/mecctl-firewall keep"
AT_ONCE = 16
PAUSE = 1.0  # seconds between two attempts that are refused at once
SLACK = 15.0  # seconds that a node may take to undo it, and mecctl to get in again


class Trials:
    """The packet filters on trial of one run; use as a context manager. Leaving it early gives the rest up."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self._nodes = {node.name: node for node in folder.site.nodes}
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._pending: dict[str, Future[MecctlError | None]] = {}
        self._over = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._pool.shutdown(cancel_futures=True)

    def start(self, node: str, seconds: float) -> None:
        """Come in to the node by a new connection and keep its filter; the node undoes it after so many `seconds`."""
        self._pending[node] = self._pool.submit(self._keep, self._nodes[node], time.monotonic() + seconds + SLACK)

    def failures(self) -> dict[str, MecctlError]:
        """Wait for all of them; returns why a node's filter wasn't kept."""
        return {node: error for node, future in self._pending.items() if (error := future.result())}

    def _keep(self, node: Node, end: float) -> MecctlError | None:
        """Try until it is kept, or until the node has undone it and lets us in again to say so."""
        cut: MecctlError | None = None
        while True:
            try:
                return self._judge(node, cut)
            except MecctlError as error:
                cut = error
            if self._over.wait(PAUSE) or time.monotonic() > end:
                return _lost(node, cut)

    def _judge(self, node: Node, cut: MecctlError | None) -> MecctlError | None:
        with connect(self._folder, node) as connection:
            answer = connection.run(self._folder.site.spec.access.as_root(KEEP))
        return _undone(node, cut, answer.stderr.strip()) if answer.status else None


def _undone(node: Node, cut: MecctlError | None, said: str) -> MecctlError:
    if cut is None:
        fix = f"on the node: {KEEP} says more"
        return MecctlError("the new packet filter could not be kept", where=node.name, why=said or None, fix=fix)
    return MecctlError(
        "the new packet filter kept mecctl out, so the node has undone it",
        where=node.name,
        why=f"while it was loaded: {cut.what}" + (f" ({cut.why})" if cut.why else ""),
        fix=f"nodes[].port must be the port where sshd of {node.name} answers ({node.port} is what was opened)",
    )


def _lost(node: Node, cut: MecctlError) -> MecctlError:
    return MecctlError(
        "the node doesn't answer since its new packet filter was loaded",
        where=node.name,
        why=cut.why or cut.what,
        fix="the node undoes it by itself, and a reboot does too; then run the same command again",
    )
