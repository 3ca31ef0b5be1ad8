"""`site up` on fresh nodes beside the floor: bare kubeadm commands typed by a script on the same kind of nodes.

Floor: artifacts staged, files written, containerd started, images imported, kubeadm init and join, the CNI manifest,
until both nodes are Ready and CoreDNS is available. mecctl: the whole `site up` with slices, workloads and the proof.
Then a no-op `up`. Usage: python -m bench.up [rounds]
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import interleaved, report
from mecctl import lab
from mecctl.artifacts.select import for_site
from mecctl.artifacts.store import Store
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load

if TYPE_CHECKING:
    from mecctl.model import Node

HERE = Path(__file__).parent
MECCTL = Path(sys.executable).with_name("mecctl")
CONFLIST = HERE.parent / "playbooks/roles/cni/files/cilium.conflist"


def make_site(folder: Path, name: str = "bench", subnet: str = "10.75.0.") -> SiteFolder:
    """A copy of the lab's site with a name and a subnet of its own."""
    shutil.copytree(HERE.parent / "inventories/lab", folder, ignore=shutil.ignore_patterns(".mecctl"))
    file = folder / "site.yaml"
    file.write_text(file.read_text().replace("10.77.0.", subnet).replace("name: lab", f"name: {name}", 1))
    return load(folder)


class Floor:
    """The bare commands, over plain ssh, on both nodes at once."""

    cni = ""

    def __init__(self, folder: SiteFolder) -> None:
        self.folder = folder
        self.server, self.agents = folder.site.servers[0], folder.site.agents
        store = Store()
        self.blobs = {name: list(store.ensure(found, Silent()).values()) for name, found in for_site(folder).items()}
        self.pause = next(
            image for blob in self.blobs[self.server.name] for image in blob.artifact.images if "/pause:" in image
        )

    def __call__(self) -> None:
        """Run the floor to its end."""
        token = f"{secrets.token_hex(3)}.{secrets.token_hex(8)}"
        with ThreadPoolExecutor(2) as pool:
            agents = [pool.submit(self._agent, agent, token) for agent in self.agents]
            self.server_alone(token)
            for agent in agents:
                agent.result()
        self._ssh(self.server.address, "ready.sh", NODES=str(len(self.folder.site.nodes)))

    def server_alone(self, token: str = "abcdef.0123456789abcdef") -> None:  # noqa: S107 - as kubeadm's manual has it
        """Make the control plane; the nodes that join it wait for it."""
        kubernetes = self.folder.site.kubernetes
        self._prepare(self.server.name, self.server.address)
        subprocess.run(self.words(self.server.address, "cat > /root/cni.yaml"), input=self.cni, text=True, check=True)
        self._ssh(
            self.server.address,
            "server.sh",
            VERSION=kubernetes.version,
            ADDRESS=str(self.server.address),
            TOKEN=token,
            POD_CIDR=str(kubernetes.network.pod_cidr),
            SERVICE_CIDR=str(kubernetes.network.service_cidr),
        )

    def _agent(self, agent: Node, token: str) -> None:
        self._prepare(agent.name, agent.address)
        self._ssh(agent.address, "agent.sh", ADDRESS=str(self.server.address), TOKEN=token)

    def _prepare(self, name: str, address: object) -> None:
        blobs = self.blobs[name]
        binaries = " ".join(f"{blob.artifact.install}={blob.sha256}" for blob in blobs if blob.artifact.install)
        images = " ".join(blob.sha256 for blob in blobs if blob.artifact.images)
        self._ssh(address, "prepare.sh", BINARIES=binaries, IMAGES=images, PAUSE=self.pause, CONFLIST=conflist())

    def _ssh(self, address: object, script: str, **values: str) -> None:
        text = "".join(f"{key}='{value}'\n" for key, value in values.items()) + (HERE / "floor" / script).read_text()
        subprocess.run(self.words(address, "bash -s"), input=text, text=True, check=True)

    def words(self, address: object, command: str) -> list[str]:
        access = self.folder.site.spec.access
        return [
            "ssh", "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={self.folder.resolve(access.known_hosts)}",
            "-i", str(self.folder.resolve(access.private_key)), f"root@{address}", command,
        ]  # fmt: skip


def fresh(folder: SiteFolder) -> None:
    """Make the site's lab anew, with nothing on its nodes and nothing known of them."""
    lab.down(folder, Silent())
    shutil.rmtree(folder.state, ignore_errors=True)
    lab.up(folder, Store(), Silent())


def mecctl(folder: SiteFolder) -> None:
    subprocess.run([MECCTL, "site", "up", folder.path], check=True, capture_output=True)


def conflist() -> str:
    """The CNI's configuration as `site up` installs it, without mecctl's own plugin for slices."""
    whole = json.loads(CONFLIST.read_text())
    return json.dumps({**whole, "plugins": [one for one in whole["plugins"] if one["type"] == "cilium-cni"]})


CNI_OBJECTS = (
    "clusterrole/cilium clusterrole/cilium-operator clusterrolebinding/cilium clusterrolebinding/cilium-operator",
    "-n kube-system sa/cilium sa/cilium-operator cm/cilium-config daemonset/cilium deployment/cilium-operator",
)


def cni_manifest(floor: Floor) -> str:
    """The CNI's objects as `site up` made them, for the floor to apply."""
    found = []
    for names in CNI_OBJECTS:
        command = f"kubectl --kubeconfig /etc/kubernetes/admin.conf get -o json {names}"
        words = floor.words(floor.server.address, command)
        listed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        found += [plain(one) for one in json.loads(listed)["items"]]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": found})


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """An object without what the server added."""
    kept = {key: one["metadata"][key] for key in ("name", "namespace", "labels") if key in one["metadata"]}
    return {**{key: value for key, value in one.items() if key != "status"}, "metadata": kept}


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = make_site(Path(scratch) / "bench")
        try:
            fresh(folder)
            mecctl(folder)
            floor = Floor(folder)
            floor.cni = cni_manifest(floor)
            report("no-op up", interleaved({"mecctl site up": lambda: mecctl(folder)}, rounds=max(rounds, 5)))
            report(
                "first up, 1 + 1 nodes",
                interleaved(
                    {"floor": floor, "mecctl": lambda: mecctl(folder)}, rounds=rounds, before=partial(fresh, folder)
                ),
            )
        finally:
            lab.down(folder, Silent())


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
