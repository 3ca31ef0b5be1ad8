"""Labs for tests: sites of their own on subnets of their own, gone when the test is."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from mecctl import lab
from mecctl.artifacts.store import Store
from mecctl.lab.names import Names
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_SITE = """\
apiVersion: mecctl/v1
kind: Site
metadata: {{name: {name}}}
spec:
  nodes:
{nodes}
  kubernetes: {{distribution: kubeadm, version: v1.36.3, network: {{cni: cilium}}, hardening: none}}
  lab: {{driver: podman}}
"""


class Recorder(Silent):
    """A Progress that keeps what it is told."""

    def __init__(self) -> None:
        self.logged: list[str] = []
        self.ended: dict[str, str] = {}

    def log(self, text: str) -> None:
        self.logged.append(text)

    def end(self, task: str, note: str = "") -> None:
        self.ended[task] = note


def free_subnet() -> str:
    """Return the first three numbers of a /24 that no interface of this machine has, for example `10.78.20`."""
    return free_subnets()[0]


def free_subnets() -> list[str]:
    """Return those of all such subnets.

    Test workers that run beside each other look in ranges of their own.
    """
    first = 20 + 10 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    rows = json.loads(subprocess.run(["ip", "-json", "-4", "address"], capture_output=True, check=True).stdout)
    taken = {IPv4Network(f"{a['local']}/24", strict=False) for row in rows for a in row["addr_info"]}
    return [f"10.78.{n}" for n in range(first, first + 10) if IPv4Network(f"10.78.{n}.0/24") not in taken]


def write_site(folder: Path, subnet: str, nodes: Sequence[str] = ("n1", "n2"), name: str = "labtest") -> SiteFolder:
    """Write a site of container nodes, the first one a server, at .11, .12, … of the subnet."""
    rows = [
        f"    - {{name: {node}, address: {subnet}.{11 + place}, roles: [{'agent' if place else 'server'}]}}"
        for place, node in enumerate(nodes)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(_SITE.format(name=name, nodes="\n".join(rows)))
    return load(folder)


class LiveLab:
    """A site's lab, and what a test does to it."""

    def __init__(self, folder: SiteFolder) -> None:
        self.folder = folder
        self.names = Names(folder.site.name, folder.path)

    def up(self) -> Recorder:
        """`lab up` within this process."""
        told = Recorder()
        lab.up(self.folder, Store(), told)
        return told

    def down(self) -> None:
        """`lab down` within this process."""
        lab.down(self.folder, Silent())

    def container(self, node: str) -> str:
        """The name of a node's container."""
        return self.names.node(node)

    def podman(self, *words: str) -> str:
        """Run podman and return what it prints."""
        return subprocess.run(["podman", *words], check=True, capture_output=True, text=True).stdout.strip()

    def pid(self, node: str) -> int:
        """The process id of a node's systemd; 0 when it doesn't run."""
        return int(self.podman("inspect", "--format", "{{.State.Pid}}", self.container(node)))

    def ssh(self, node: str, command: str, *, check: bool = True) -> str:
        """Run a command on a node the way a user would, with the site's key and known hosts, and return its output."""
        access, place = self.folder.site.spec.access, next(n for n in self.folder.site.nodes if n.name == node)
        options = [f"-oUserKnownHostsFile={self.folder.resolve(access.known_hosts)}", "-oStrictHostKeyChecking=yes"]
        words = ["-oBatchMode=yes", "-oConnectTimeout=5", *options, "-i", str(self.folder.resolve(access.private_key))]
        ended = subprocess.run(
            ["ssh", "-F/dev/null", *words, f"root@{place.address}", command],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert not check or ended.returncode == 0, f"{node}: {command}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()


@contextmanager
def live_lab(folder: SiteFolder) -> Iterator[LiveLab]:
    """Hand out a lab that isn't up yet; whatever is there of it afterwards is removed."""
    live = LiveLab(folder)
    try:
        yield live
    finally:
        live.down()
