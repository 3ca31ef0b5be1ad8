"""The podman client: containers and volumes of labs, found by their label."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import CommandError
from mecctl.lab.files import write
from mecctl.lab.machine import containers_conf
from mecctl.lab.names import LABEL
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mecctl.lab.machine import Machine
    from mecctl.process import Completed

FOLDER_LABEL = f"{LABEL}.folder"
NODE_LABEL = f"{LABEL}.node"
ADDRESS_LABEL = f"{LABEL}.address"
RECIPE_LABEL = f"{LABEL}.recipe"
_NO_VOLUME = "no such volume"
_BUSY = "device or resource busy"
_LOOKS = 4
_TIMEOUT = 120.0  # seconds; podman answers within one, an import or a busy machine takes more


@dataclass(frozen=True)
class Container:
    """A lab's container as podman knows it: `state` is created, running, exited, …; `pid` is 0 unless running."""

    name: str
    node: str
    state: str
    pid: int
    address: str
    recipe: str


class Podman:
    """Runs podman with the lab's own settings, whatever the user's are."""

    def __init__(self, conf: Path | None = None) -> None:
        """`conf` is the containers.conf to use; none is needed to look at what there is."""
        self._environment = {"CONTAINERS_CONF": str(conf)} if conf else {}

    @classmethod
    def configured(cls, folder: Path, machine: Machine) -> Podman:
        """Write containers.conf for this machine into `folder` and return a client that uses it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        conf, text = folder / "containers.conf", containers_conf(machine)
        if not conf.exists() or conf.read_text() != text:
            write(conf, text)
        return cls(conf)

    def run(
        self, *words: str | Path, stdin: str | None = None, check: bool = True, timeout: float = _TIMEOUT
    ) -> Completed:
        """Run one podman command; raises CommandError when it fails (with `check`) or takes over `timeout` seconds."""
        return run(["podman", *words], env=self._environment, stdin=stdin, check=check, timeout=timeout)

    def containers(self, lab_id: str) -> tuple[Container, ...]:
        """Return the lab's containers, whatever state they are in."""
        listed = self._listed("ps", "--all", "--filter", f"label={LABEL}={lab_id}", "--format", "json")
        return tuple(
            Container(
                name=one["Names"][0],
                node=one["Labels"].get(NODE_LABEL, ""),
                state=one["State"],
                pid=one["Pid"],
                address=one["Labels"].get(ADDRESS_LABEL, ""),
                recipe=one["Labels"].get(RECIPE_LABEL, ""),
            )
            for one in listed
        )

    def volumes(self, lab_id: str) -> tuple[str, ...]:
        """Return the names of the lab's volumes."""
        listed = self._listed("volume", "ls", "--filter", f"label={LABEL}={lab_id}", "--format", "json")
        return tuple(one["Name"] for one in listed)

    def make_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make an empty volume."""
        self.run("volume", "create", *_labels(labels), name)

    def create(self, name: str, labels: Mapping[str, str], words: Sequence[str]) -> None:
        """Make a container without starting it; `words` are the options, the image and its command."""
        self.run("create", "--name", name, *_labels(labels), *words)

    def remove(self, names: Sequence[str]) -> None:
        """Remove containers at once, running or not; a name that isn't there is no error."""
        if not names:
            return
        words = ("rm", "--force", "--ignore", "--time", "0", "--volumes", *names)
        for _ in range(_LOOKS):
            ended = self.run(*words, check=False)
            if ended.returncode == 0:
                return
            if _BUSY not in ended.stderr:
                break
            time.sleep(1)  # a process of a run that was killed still holds a mount, and tells nobody when it lets go
        self.run(*words)

    def remove_volumes(self, names: Sequence[str]) -> None:
        """Remove volumes; a name that isn't there is no error."""
        if not names:
            return
        words = ("volume", "rm", "--force", *names)
        ended = self.run(*words, check=False)
        faults = [line for line in ended.stderr.splitlines() if _NO_VOLUME not in line]
        if ended.returncode and faults:
            raise CommandError(f"podman {' '.join(words)} failed", output=ended.stderr, why=faults[-1])

    def _listed(self, *words: str) -> list[dict[str, Any]]:
        """List things; podman fails when one goes while it looks, as another lab's may, so it looks again."""
        for _ in range(_LOOKS):
            with contextlib.suppress(CommandError):
                return self._parsed(self.run(*words))
        return self._parsed(self.run(*words))

    @staticmethod
    def _parsed(ended: Completed) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(ended.stdout or "[]")
        return listed


def _labels(labels: Mapping[str, str]) -> list[str]:
    return [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
