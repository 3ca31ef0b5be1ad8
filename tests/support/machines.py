"""A site of the tests' own on virtual machines, and what befalls machines: power cuts and reboots."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mecctl.lab.vms import daemon
from tests.support.host import left_behind, snapshot
from tests.support.lab import LiveLab, free_subnet
from tests.support.live import ROOT, Ended, LiveSite, copied

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = ROOT / "inventories/lab-vm"
BESIDE = ROOT / "inventories/lab-arm"
NOTED: dict[str, tuple[str, str]] = {}
"""Kernel and architecture of every machine that tests had, by the folder of its site and node."""
_PATIENCE = 600.0


class LiveMachines(LiveSite):
    """A copy of the virtual lab's site on a free subnet."""

    @classmethod
    def alone(cls, folder: Path) -> Self:
        """One with the server as its only node."""
        copied(SITE, folder)
        made = cls.at(folder, free_subnet())
        made.edit("10.75.0.", f"{made.subnet}.")
        rows = (folder / "site.yaml").read_text().splitlines(keepends=True)
        (folder / "site.yaml").write_text("".join(row for row in rows if "name: edge-2," not in row))
        return made

    @classmethod
    def beside(cls, folder: Path, arch: str) -> Self:
        """One with a container as its server, and a machine of an architecture as its agent."""
        copied(BESIDE, folder)
        made = cls.at(folder, free_subnet())
        made.edit("10.76.0.", f"{made.subnet}.")
        made.edit("arch: arm64", f"arch: {arch}")
        made.edit("architecture: arm64", f"pool: machines, architecture: {arch}")
        made.edit("roles: [agent],", "roles: [agent], pool: machines,")
        return made

    def noted(self, node: str) -> None:
        """Note for the report what a machine is."""
        kernel, arch = self.on(node, "uname -r -m").split()
        assert kernel != os.uname().release
        NOTED[f"{self.path.name}/{node}"] = (kernel, arch)

    def up(self) -> Ended:
        return self.mecctl("site", "up", "-o", "json", timeout=1800)

    def plan(self) -> Ended:
        return self.mecctl("site", "plan", "-o", "json", "--exit-code", timeout=600)

    def until_ready(self) -> dict[str, Any]:
        """The site's status once every node and workload of it is ready."""
        deadline = time.monotonic() + _PATIENCE
        while (ended := self.mecctl("site", "status", "-o", "json")).code:
            assert time.monotonic() < deadline, ended.out + ended.err
            time.sleep(1)
        return ended.json

    def on(self, node: str, script: str) -> str:
        """Run a script on a node as root, by SSH, with the keys that the lab has recorded."""
        return LiveLab(self.folder).ssh(node, script)

    def boot_of(self, node: str) -> str:
        """What tells one boot of a node's kernel from another."""
        return self.on(node, "cat /proc/sys/kernel/random/boot_id")

    def reboot(self, node: str) -> None:
        """Let a node's own systemd boot it again, and wait until it lets anybody in."""
        before = self.boot_of(node)
        LiveLab(self.folder).ssh(node, "systemctl reboot", check=False)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                if self.boot_of(node) != before:
                    return
            except (AssertionError, subprocess.TimeoutExpired):  # it is on its way down, or up
                if time.monotonic() > deadline:
                    raise
            time.sleep(2)

    def cut_power(self, node: str) -> None:
        """End a node's machine as a power cut does; `lab up` gives it power again."""
        file = next(Path("/run/mecctl-lab", self.names.id, "run/qemu").glob(f"{self.names.node(node)}.pid"))
        os.kill(int(file.read_text()), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while node in daemon.states(self.names.id, self.names.node("")):
            assert time.monotonic() < deadline
            time.sleep(0.1)


@contextmanager
def running(site: LiveMachines, *nodes: str) -> Iterator[LiveMachines]:
    """Bring a site's lab up, note what these nodes of it are, and take the lab away with all there was of it."""
    before = snapshot()
    try:
        ended = site.mecctl("lab", "up", timeout=3600)
        assert ended.code == 0, ended.err
        for node in nodes:
            site.noted(node)
        yield site
    finally:
        site.stop()
    assert left_behind(before, site.names.id) == []
