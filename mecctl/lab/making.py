"""The steps of `lab up`, each of which leaves alone what is right already."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from mecctl.artifacts.recipe import recipe_key
from mecctl.errors import MecctlError
from mecctl.lab import image, ip, network, node, ssh, watches
from mecctl.lab.containers import Container

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.artifacts.store import Store
    from mecctl.lab.containers import Podman
    from mecctl.lab.ground import Ground
    from mecctl.model import Node
    from mecctl.plan.progress import Progress

# A container that has never run may lack its files; one of the last two is a removal that was cut short.
_HALF_MADE = frozenset({"configured", "created", "initialized", "removing", "unknown"})
_AT_ONCE = 4


class Making:
    """One run of `lab up` for a site."""

    def __init__(self, ground: Ground, nodes: Iterable[Node], store: Store, podman: Podman, progress: Progress) -> None:
        self._ground, self._store, self._podman, self._progress = ground, store, podman, progress
        self._names = ground.names
        self._rootfs = image.artifact()
        recipe = recipe_key(self._rootfs)
        self._plans = {one.name: node.Plan(one, self._names, ground.layout, store.blobs, recipe) for one in nodes}

    def complete(self, present: dict[str, Container]) -> None:
        """Bring every node up; raises MecctlError for those that can't be, after the others are.

        `present` are the containers that `keep_what_fits` has kept; the network is there.
        """
        user_key = self._ground.user_key()
        self._store.blobs.mkdir(parents=True, exist_ok=True)  # nodes mount it, even after the cache was emptied
        self._ground.recall_host_keys(present)
        reference = ""
        if present.keys() != self._plans.keys():
            reference = image.ensure(self._podman, self._store, self._rootfs, self._progress)
        self._check_room(len(self._plans) - sum(one.state == "running" for one in present.values()))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            runs = [
                pool.submit(self._bring_up, plan, present.get(name), reference, user_key)
                for name, plan in self._plans.items()
            ]
        errors = [error for run in runs if (error := run.exception())]
        for error in errors:
            if not isinstance(error, MecctlError):
                raise error
        if errors:
            raise errors[0] if len(errors) == 1 else MecctlError("\n".join(str(error) for error in errors))

    def keep_what_fits(self) -> dict[str, Container]:
        """Remove what the site doesn't say, or says otherwise; return the containers that stay, by node."""
        kept: dict[str, Container] = {}
        for container in self._podman.containers(self._names.id):
            reason = self._unfit(container)
            if reason is None:
                kept[container.node] = container
                self._tell_age(container)
                continue
            self._progress.log(f"{container.name}: removed, because {reason}")
            self._podman.remove([container.name])
            self._podman.remove_volumes([container.name])
            ip.delete_namespace(container.name)
        expected = {self._names.lab, *(plan.container for plan in self._plans.values())}
        for stray in set(network.namespaces(self._names.id)) - expected:
            ip.delete_namespace(stray)
        return kept

    def _unfit(self, container: Container) -> str | None:
        plan = self._plans.get(container.node)
        if plan is None or plan.container != container.name:
            return "the site has no such node"
        if container.state in _HALF_MADE:
            return "an earlier run left it half made"
        return None if container.address == plan.address else f"the site says {plan.address} now"

    def _tell_age(self, container: Container) -> None:
        """A node made by another version of the lab stays, for what is on it; the user says when it goes."""
        if container.recipe != self._plans[container.node].recipe:
            told = "it stays as it was made; `mecctl lab down` and `lab up` make it the way it is made now"
            self._progress.log(f"{container.node}: {told}")

    def _check_room(self, starting: int) -> None:
        """Say beforehand what a node would die of without a word: systemd needs inotify instances, root's are few."""
        if not starting:
            return
        spare = watches.spare(starting * watches.NODE)
        if spare < starting * watches.BOOT:
            raise MecctlError(
                f"{starting} more nodes can't start: they need {starting * watches.BOOT} inotify instances",
                why=f"{spare} of root's {watches.limit()} are left",
                fix=watches.FIX,
            )
        if spare < starting * watches.NODE:
            self._progress.log(f"{spare} inotify instances are left, few for {starting} more nodes; {watches.FIX}")

    def _bring_up(self, plan: node.Plan, container: Container | None, reference: str, user_key: str) -> None:
        name, began = plan.node.name, time.monotonic()
        task = f"node {name}"
        self._progress.begin(task)
        if container is None:
            self._progress.advance(task, 0, "making")
            self._ground.record_host_key(name, node.make(self._podman, plan, reference, user_key))
            container = Container(plan.container, name, "created", 0, plan.address, plan.recipe)
        if node.start(self._podman, container, plan):
            self._progress.advance(task, 0, "booting")
            ssh.wait_for_port(plan.node.address, plan.node.port, time.monotonic() + node.PATIENCE)
        if not node.wait(self._podman, plan, self._ground.login):
            self._progress.log(f"{name}: its keys here were lost or changed; they are exchanged anew through podman")
            self._ground.record_host_key(name, node.let_in(self._podman, plan, user_key))
            if not node.wait(self._podman, plan, self._ground.login):
                raise MecctlError("the node refuses the lab's key", where=name, fix=f"podman rm -f {plan.container}")
        self._progress.end(task, f"up after {time.monotonic() - began:.1f} s")
