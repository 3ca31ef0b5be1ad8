"""The agent's loop: one thread that answers the CNI plugin and Prometheus, and mends what has changed.

Environment: SLICES (settings.py), NODE (this node's name), LISTEN (address:port of the metrics).
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

# Not resolved: in a ConfigMap every file is a link to a folder of another name.
sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from sliceagent import gate, metrics, netlink, pods
from sliceagent.keeper import Keeper
from sliceagent.settings import read

SHAPED = Path("/etc/mecctl/slices")
"""The namespaces whose pods the CNI plugin holds back until the agent has seen to them; written with the node."""
SOCKET = Path("/run/mecctl/slices.sock")
RESULTS = Path("/var/lib/cni/results")
_SETTLE, _LOOK, _AGAIN = 0.05, 30.0, 1.0


class Agent:
    """All that the loop needs."""

    def __init__(self) -> None:
        self._settings = read(os.environ["SLICES"], os.environ["NODE"])
        self._keeper = Keeper(netlink.Netlink(), self._settings)
        self._changes = netlink.listen()
        host, _, port = os.environ["LISTEN"].rpartition(":")
        self._metrics = socket.create_server((host, int(port)), backlog=64)
        self._failures, self._ready = 0, False
        self._listed = 0.0

    def run(self) -> None:
        """Work until SIGTERM; then take everything away if the node has no slices to look after any more."""
        told = _on_sigterm()
        self._keep()
        gates = gate.listen(SOCKET)
        chosen = selectors.DefaultSelector()
        for one in (self._changes, self._metrics, gates, told):
            chosen.register(one, selectors.EVENT_READ)
        while told not in (ready := {key.fileobj for key, _ in chosen.select(_LOOK if self._ready else _AGAIN)}):
            if gates in ready:
                gate.answer(gates, self._keeper.admit)
            if self._metrics in ready:
                metrics.answer(self._metrics, self._render, ready=self._ready)
            if self._changes in ready or not ready:
                self._settle()
                self._keep()
        SOCKET.unlink(missing_ok=True)
        if not (SHAPED.exists() and SHAPED.read_text().split()):
            self._keeper.leave()

    def _render(self) -> str:
        return metrics.render(self._keeper, self._settings, self._failures)

    def _adopt(self) -> None:
        """Find the pods that didn't come by the plugin: those that ran before it, or past it."""
        changed = RESULTS.stat().st_mtime if RESULTS.exists() else 0.0
        if changed != self._listed:
            self._keeper.adopt(pods.listed(RESULTS))
            self._listed = changed

    def _settle(self) -> None:
        """Wait a moment for changes that come together, its own among them."""
        time.sleep(_SETTLE)
        netlink.drain(self._changes)

    def _keep(self) -> None:
        try:
            self._adopt()
            self._keeper.keep()
            self._ready = True
        except (OSError, LookupError) as error:
            self._failures += 1
            self._ready = False
            print(f"the node isn't in step: {error}", file=sys.stderr, flush=True)  # noqa: T201 - a container's log


def _on_sigterm() -> socket.socket:
    """Return a socket that becomes readable at SIGTERM: a signal alone doesn't end a wait."""
    heard, told = socket.socketpair()
    told.setblocking(False)
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: told.fileno())  # keeps the socket open
    return heard


if __name__ == "__main__":
    Agent().run()
