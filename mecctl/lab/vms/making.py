"""The steps of `lab up` with virtual machines, each of which leaves alone what is right already."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError
from mecctl.lab import ssh
from mecctl.lab.layout import host_arch
from mecctl.lab.network import BRIDGE, mac
from mecctl.lab.vms import accelerator, box, daemon, needs, seed
from mecctl.lab.vms.hardware import HARDWARE
from mecctl.lab.vms.vagrant import BOOT_TIMEOUT, Vagrant
from mecctl.model.quantity import size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mecctl.artifacts.store import Store
    from mecctl.lab.ground import Ground
    from mecctl.lab.vms.box import Box
    from mecctl.model import Node
    from mecctl.model.site import Lab
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

_SEED_SLOT = "0x1e"  # of PCI bus 0: libvirt hands slots out from below
_LOGIN = 120.0  # seconds from Vagrant's own login to a systemd that takes work


class Making:
    """One run of `lab up` for the nodes of a site that are virtual machines."""

    def __init__(self, ground: Ground, nodes: Iterable[Node], lab: Lab, store: Store, progress: Progress) -> None:
        self._ground, self._lab, self._store, self._progress = ground, lab, store, progress
        self._nodes = {node.name: node for node in nodes}
        self._state = state(ground.folder)
        self._vagrant = Vagrant(self._state, box.home(store))

    def check(self) -> None:
        """Raise MecctlError that names all that this machine lacks, before anything is made."""
        running = daemon.states(self._ground.names.id, self._ground.names.node(""))
        self._state.mkdir(parents=True, exist_ok=True)
        architectures = {_arch(node) for node in self._nodes.values()}
        needs.check(self._state, architectures, len(self._nodes.keys() - running), int(size(self._lab.memory)))

    def prepare(self) -> None:
        """Make all that the machines need on the network that is there: libvirtd, boxes, seeds, Vagrant's words."""
        user_key = self._ground.user_key()
        architectures = sorted({_arch(node) for node in self._nodes.values()})
        boxes = {arch: box.ensure(self._store, arch, self._lab.release, self._progress) for arch in architectures}
        kvm = {arch: self._has_kvm(made_from) for arch, made_from in boxes.items()}
        (self._state / "console").mkdir(parents=True, exist_ok=True)
        daemon.start(self._ground.names, self._state)
        self._remove_what_does_not_fit()
        self._seed(user_key)
        rows = [self._row(node, boxes[_arch(node)], kvm=kvm[_arch(node)]) for node in self._nodes.values()]
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
        self._vagrant.up({name: self._console(name) for name in self._nodes})
        for node in self._nodes.values():
            self._wait(node)
        self._progress.end(task, f"{len(self._nodes)} up after {time.monotonic() - began:.0f} s")

    def _remove_what_does_not_fit(self) -> None:
        """Remove machines that the site doesn't say, or says at another address."""
        for name in sorted(made(self._ground.folder)):
            node, path = self._nodes.get(name), self._seed_of(name)
            if node and seed.is_of(path, node):
                continue
            reason = f"the site says {node.address} now" if node else "the site has no such node"
            self._progress.log(f"{name}: removed, because {reason}")
            self._vagrant.destroy(name)
            path.unlink()

    def _seed(self, user_key: str) -> None:
        """Give every node its seed, and put the host keys in them on record: none is taken from the network."""
        for name, node in self._nodes.items():
            path = self._seed_of(name)
            key = seed.host_key(path) or seed.make(path, node, self._ground.layout, self._mac(name), user_key)
            self._ground.record_host_key(name, key)

    def _has_kvm(self, made_from: Box) -> bool:
        return accelerator.find(made_from, self._store.root / "vagrant" / "kvm.json", self._progress) == "kvm"

    def _row(self, node: Node, made_from: Box, *, kvm: bool) -> dict[str, Any]:
        name, made = node.name, HARDWARE[made_from.arch]
        seeding = f"file={self._seed_of(name)},format=raw,if=none,id=seed,readonly=on"
        return {
            "name": name,
            "box": {"name": made_from.name, "version": made_from.version, "url": made_from.url},
            "mac": self._mac(name),
            "driver": "kvm" if kvm else "qemu",
            "machineArch": made.machine_arch,
            "machine": made.machine,
            "features": made.features,
            "emulator": shutil.which(made.emulator),
            "cpuMode": "host-passthrough" if kvm else "maximum",
            "cpus": self._lab.cpus if kvm else accelerator.processors(made_from.arch, self._lab.cpus),
            "memoryMiB": int(size(self._lab.memory)) >> 20,
            "kernel": str(made_from.kernel),
            "initrd": str(made_from.initrd),
            "commandLine": made.command_line(emulated=not kvm),
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


def state(folder: SiteFolder) -> Path:
    """Return where a site's machines are kept."""
    return folder.state / "lab" / "vms"


def made(folder: SiteFolder) -> frozenset[str]:
    """Return the names of the machines that a site's lab has, running or not."""
    return frozenset(path.stem for path in (state(folder) / "seeds").glob("*.tar"))


def _arch(node: Node) -> str:
    return node.arch or host_arch()
