"""What all nodes of a lab stand on: its network, the user's key, and the host keys on record."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError
from mecctl.lab import conflicts, firewall, ip, joining, keys, network, ssh
from mecctl.lab.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.lab.layout import Layout
    from mecctl.model import Node
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder


class Ground:
    """The ground of one site's lab, made or found by one run of `lab up`."""

    def __init__(self, folder: SiteFolder, layout: Layout, clear: Callable[[str], None], progress: Progress) -> None:
        """`clear` removes another lab by its id."""
        access = folder.site.spec.access
        self.folder, self._clear, self._progress = folder, clear, progress
        self.layout, self.names = layout, Names(folder.site.name, folder.path)
        self.login = ssh.Login(folder.resolve(access.private_key), folder.resolve(access.known_hosts))
        self.nodes = {one.name: one for one in folder.site.nodes}
        self._host_keys: dict[str, str] = {}
        self._recording = threading.Lock()

    def make_network(self, containers: Iterable[Node]) -> None:
        """Make the lab's network complete, with a namespace for each of the nodes that are containers.

        Raises MecctlError when someone else has its addresses, CommandError when the kernel refuses something.
        """
        for conflict in self._conflicts():
            if conflict.lab_id and conflict.folder and not (Path(conflict.folder) / "site.yaml").exists():
                self._progress.log(f"the lab of {conflict.folder} is removed: its site is gone and it is in the way")
                self._clear(conflict.lab_id)
        if left := self._conflicts():
            labs = [f", or mecctl lab down {conflict.folder}" for conflict in left if conflict.folder]
            raise MecctlError(
                f"{self.layout.subnet} is in use on this machine",
                why="; ".join(str(conflict) for conflict in left),
                fix=f"give the nodes other addresses{''.join(labs)}",
            )
        addresses = {name: node.address for name, node in self.nodes.items()}
        firewall.ensure(self.names)
        network.ensure(self.names, self.layout, {node.name: node.address for node in containers})
        network.check_route(self.names, addresses)
        for peer in joining.join(self.folder):
            self._progress.log(f"joined with the lab of {peer}")

    def user_key(self) -> str:
        """Return the public half of the user's key; raises as keys.ensure_user_key does."""
        return keys.ensure_user_key(self.login.key, self.names.id)

    def recall_host_keys(self, present: Iterable[str]) -> None:
        """Take the host keys on record of the nodes that are there; others' go when the next is recorded."""
        recorded = keys.recorded_hosts(self.login.known_hosts, self.names.id)
        found = {name: keys.recorded_key(self.nodes[name], recorded) for name in present}
        self._host_keys |= {name: key for name, key in found.items() if key}

    def record_host_key(self, name: str, key: str) -> None:
        """Record a node's public host key; threads may do so at once."""
        with self._recording:
            self._host_keys[name] = key
            entries = [(self.nodes[one], host_key) for one, host_key in self._host_keys.items()]
            keys.record_hosts(self.login.known_hosts, self.names.id, entries)

    def _conflicts(self) -> tuple[conflicts.Conflict, ...]:
        rows = ip.links(), ip.show("address", "show"), ip.show("-4", "route", "show")
        return conflicts.find(self.layout.subnet, self.names.link, *rows)
