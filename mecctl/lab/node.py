"""One node: made, started, given its keys, waited for."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError
from mecctl.lab import files, identity, keys, ssh
from mecctl.lab.containers import ADDRESS_LABEL, FOLDER_LABEL, NODE_LABEL, RECIPE_LABEL
from mecctl.lab.ip import NAMESPACES
from mecctl.lab.names import LABEL

if TYPE_CHECKING:
    from mecctl.lab.containers import Container, Podman
    from mecctl.lab.layout import Layout
    from mecctl.lab.names import Names
    from mecctl.model import Node

SEED = "/var/lib/mecctl/seed"
_MODULES = Path("/lib/modules")
PATIENCE = 60.0  # seconds for a node to boot; a quiet machine takes two
_ALL_RUNNING = "37"  # SIGRTMIN+3, which systemd takes as `halt`


@dataclass(frozen=True)
class Plan:
    """All that a node's container is made from.

    `blobs` is the artifact store's folder, which nodes may read; `rootfs` the key of the recipe of their image. The
    recipe and not its outcome, so that an emptied cache, whose next build differs by a byte, costs no node its data.
    """

    node: Node
    names: Names
    layout: Layout
    blobs: Path
    rootfs: str

    @property
    def container(self) -> str:
        """The name of the container, its volume and its network namespace."""
        return self.names.node(self.node.name)

    @property
    def namespace(self) -> Path:
        """The file that stands for the node's network namespace."""
        return NAMESPACES / self.container

    @property
    def options(self) -> list[str]:
        """podman's options.

        podman's own systemd mode is off: under cgroup v1 it mounts the host's systemd hierarchy into every container,
        where the nodes' units would meet. Its other mounts are given here. /var/lib is a volume because overlayfs,
        which container runtimes need there, can't lie on a container's own overlay.
        """
        modules = [f"--volume={_MODULES}:{_MODULES}:ro"] if _MODULES.is_dir() else []
        return [
            f"--hostname={self.node.name}",
            f"--network=ns:{self.namespace}",
            "--privileged",
            "--cgroupns=private",
            f"--cgroup-parent=/mecctl-{self.names.id}",
            "--systemd=false",
            "--tmpfs=/run",
            "--tmpfs=/run/lock",
            "--tmpfs=/tmp",
            f"--stop-signal={_ALL_RUNNING}",
            "--restart=on-failure",
            "--pids-limit=-1",
            "--no-hosts",
            "--dns=none",
            f"--volume={self.container}:/var/lib:dev,suid",
            f"--volume={self.blobs}:{SEED}:ro",
            *modules,
        ]

    @property
    def recipe(self) -> str:
        """A hash of the way nodes are made, to tell one that was made another way."""
        return hashlib.sha256(repr((self.options, self.rootfs, files.digest())).encode()).hexdigest()[:12]

    @property
    def address(self) -> str:
        """Address and port; a node that changes them isn't the same node any more."""
        return f"{self.node.address}:{self.node.port}"

    @property
    def labels(self) -> dict[str, str]:
        """What the container says about itself."""
        return {
            LABEL: self.names.id,
            FOLDER_LABEL: str(self.names.folder.resolve()),
            NODE_LABEL: self.node.name,
            ADDRESS_LABEL: self.address,
            RECIPE_LABEL: self.recipe,
        }


def make(podman: Podman, plan: Plan, image: str, user_key: str) -> str:
    """Make the node's container from `image`, stopped, and return its public host key.

    One that is there is removed with its data.
    """
    podman.remove([plan.container])
    podman.remove_volumes([plan.container])
    pair = keys.generate()
    podman.make_volume(plan.container, {LABEL: plan.names.id})
    podman.create(plan.container, plan.labels, [*plan.options, image, files.INIT])
    texts = {
        **files.static(),
        **identity.texts(plan.node, plan.layout, user_key, pair),
        "etc/ssh/sshd_config.d/20-port.conf": f"Port {plan.node.port}\n",
    }
    archive = files.archive(texts, identity.SECRET, files.masked_units())
    podman.run("cp", "-", f"{plan.container}:/", stdin=archive)
    return pair.public


def start(podman: Podman, container: Container, plan: Plan) -> bool:
    """Make a node run that doesn't, or that runs in a network that is gone; return whether it had to be started."""
    if container.state == "paused":
        podman.run("unpause", container.name)
        return True
    if container.state == "running":
        if _same_namespace(container.pid, plan.namespace):
            return False
        podman.run("stop", "--time", "10", container.name)
    podman.run("start", container.name)
    return True


def wait(podman: Podman, plan: Plan, login: ssh.Login) -> bool:
    """Return True when the node lets the user in and its systemd is up, False when it knows other keys than these.

    Raises MecctlError with the node's console when it is neither in time.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ssh.ask(plan.node, login)
        if answer.up or answer.keys_differ:
            return answer.up
        if not ssh.wait_for_port(plan.node.address, plan.node.port, deadline):
            break
    console = podman.run("logs", "--tail", "5", plan.container, check=False)
    raise MecctlError(
        f"the node isn't up after {PATIENCE:g} s",
        where=plan.node.name,
        why="; ".join(text for text in (answer.said, (console.stdout + console.stderr).strip()) if text),
        fix=f"podman logs {plan.container}; podman exec {plan.container} journalctl -b; or run the same command again",
    )


def let_in(podman: Podman, plan: Plan, user_key: str) -> str:
    """Put the user's key back into a running node and return its public host key, both past SSH, through podman.

    For a node whose keys here are lost: neither is taken on trust from the network.
    """
    podman.run("exec", "--interactive", plan.container, "tee", f"/{identity.AUTHORIZED}", stdin=f"{user_key}\n")
    text = podman.run("exec", plan.container, "cat", f"/{identity.HOST_KEY}.pub").stdout.split()
    return " ".join(text[:2])


def _same_namespace(pid: int, namespace: Path) -> bool:
    """Say whether the process is in the network namespace that has this name now."""
    try:
        ours = Path(f"/proc/{pid}/ns/net").stat()
        named = namespace.stat()
    except FileNotFoundError:
        return False
    return (ours.st_dev, ours.st_ino) == (named.st_dev, named.st_ino)
