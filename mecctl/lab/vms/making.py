"""The steps of `lab up` with virtual machines, each of which leaves alone what is right already."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError
from mecctl.lab import ssh
from mecctl.lab.ground import Ground
from mecctl.lab.network import BRIDGE, mac
from mecctl.lab.vms import accelerator, box, daemon, needs, seed
from mecctl.lab.vms.vagrant import BOOT_TIMEOUT, Vagrant
from mecctl.model.quantity import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mecctl.artifacts.store import Store
    from mecctl.lab.layout import Layout
    from mecctl.lab.vms.box import Box
    from mecctl.model import Node
    from mecctl.model.site import Lab
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

_INIT = "/usr/lib/mecctl/node-init"
_COMMAND_LINE = f"root=/dev/vda rw console=ttyS0 net.ifnames=0 init={_INIT}"
# Under emulation a kernel finds the time stamp counter unsteady and asks a device for the time instead, which costs
# half of all processor time with programs in Go; QEMU's counters are the host's, alike on all processors.
_EMULATED = "tsc=reliable clocksource=tsc mitigations=off"
_SEED_SLOT = "0x1e"  # of PCI bus 0: libvirt hands slots out from below
_LOGIN = 120.0  # seconds from Vagrant's own login to a systemd that takes work


class Making:
    """One run of `lab up` for a site whose nodes are virtual machines."""

    def __init__(
        self, folder: SiteFolder, layout: Layout, store: Store, clear: Callable[[str], None], progress: Progress
    ) -> None:
        assert folder.site.spec.lab  # noqa: S101 - the layout refuses a site without
        self._lab: Lab = folder.site.spec.lab
        self._store, self._progress = store, progress
        self._ground = Ground(folder, layout, clear, progress)
        self._state = folder.state / "lab" / "vms"
        self._vagrant = Vagrant(self._state, box.home(store))

    def prepare(self) -> None:
        """Make all that the machines need: network, libvirtd, boxes, seeds, and what Vagrant is told of them."""
        running = daemon.states(self._ground.names.id, self._ground.names.node(""))
        self._state.mkdir(parents=True, exist_ok=True)
        needs.check(self._state, len(self._ground.nodes.keys() - running), int(size(self._lab.memory)))
        self._ground.make_network(namespaces=False)
        user_key = self._ground.user_key()
        made_from = box.ensure(self._store, self._progress)
        kvm = accelerator.find(made_from, self._store.root / "vagrant" / "kvm.json", self._progress) == "kvm"
        (self._state / "console").mkdir(parents=True, exist_ok=True)
        daemon.start(self._ground.names, self._state)
        self._remove_what_does_not_fit()
        self._seed(user_key)
        rows = [self._row(name, made_from, kvm=kvm) for name in self._ground.nodes]
        self._vagrant.describe(
            {
                "uri": daemon.uri(self._ground.names.id),
                "prefix": self._ground.names.node(""),
                "bridge": BRIDGE,
                "privateKey": str(self._ground.login.key),
                "bootTimeout": BOOT_TIMEOUT,
                "nodes": rows,
            }
        )

    def complete(self) -> None:
        """Bring every machine up; raises MecctlError for those that can't be."""
        self.prepare()
        task, began = "machines", time.monotonic()
        self._progress.begin(task)
        self._vagrant.up({name: self._console(name) for name in self._ground.nodes})
        for node in self._ground.nodes.values():
            self._wait(node)
        self._progress.end(task, f"{len(self._ground.nodes)} up after {time.monotonic() - began:.0f} s")

    def _remove_what_does_not_fit(self) -> None:
        """Remove machines that the site doesn't say, or says at another address."""
        for path in sorted((self._state / "seeds").glob("*.tar")):
            node = self._ground.nodes.get(path.stem)
            if node and seed.is_of(path, node):
                continue
            reason = f"the site says {node.address} now" if node else "the site has no such node"
            self._progress.log(f"{path.stem}: removed, because {reason}")
            self._vagrant.destroy(path.stem)
            path.unlink()

    def _seed(self, user_key: str) -> None:
        """Give every node its seed, and put the host keys in them on record: none is taken from the network."""
        self._ground.recall_host_keys(())
        for name, node in self._ground.nodes.items():
            path = self._seed_of(name)
            key = seed.host_key(path) or seed.make(path, node, self._ground.layout, self._mac(name), user_key)
            self._ground.record_host_key(name, key)

    def _row(self, name: str, made_from: Box, *, kvm: bool) -> dict[str, Any]:
        seeding = f"file={self._seed_of(name)},format=raw,if=none,id=seed,readonly=on"
        return {
            "name": name,
            "box": {"name": made_from.name, "version": made_from.version, "url": made_from.url},
            "mac": self._mac(name),
            "driver": "kvm" if kvm else "qemu",
            "cpuMode": "host-passthrough" if kvm else "maximum",
            "cpus": self._lab.cpus,
            "memoryMiB": int(size(self._lab.memory)) >> 20,
            "kernel": str(made_from.kernel),
            "initrd": str(made_from.initrd),
            "commandLine": _COMMAND_LINE if kvm else f"{_COMMAND_LINE} {_EMULATED}",
            "console": str(self._console(name)),
            "qemu": ["-drive", seeding, "-device", f"virtio-blk-pci,drive=seed,serial=mecctl-seed,addr={_SEED_SLOT}"],
        }

    def _wait(self, node: Node) -> None:
        deadline = time.monotonic() + _LOGIN
        while not (answer := ssh.ask(node, self._ground.login)).up:
            if answer.keys_differ or not ssh.wait_for_port(node.address, node.port, deadline):
                raise MecctlError(
                    "the machine isn't up" if not answer.keys_differ else "the machine has other keys than the lab's",
                    where=node.name,
                    why=answer.said,
                    fix=f"what it said stands in {self._console(node.name)}; mecctl lab down makes room for a new one",
                )

    def _seed_of(self, name: str) -> Path:
        return self._state / "seeds" / f"{name}.tar"

    def _console(self, name: str) -> Path:
        return self._state / "console" / f"{name}.log"

    def _mac(self, name: str) -> str:
        return mac(self._ground.names.node(name))
