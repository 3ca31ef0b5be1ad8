"""A site of the tests' own on real container nodes, driven by the command line as a user drives it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mecctl.lab.names import Names
from mecctl.sitefile import SiteFolder, load
from tests.support import k3s
from tests.support.lab import free_subnet

ROOT = Path(__file__).parents[2]
MECCTL = Path(sys.executable).with_name("mecctl")
LAB_SITE = ROOT / "inventories" / ("lab-k3s" if k3s.binary() else "lab")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value

    def changes(self) -> set[tuple[str, str]]:
        return {(change["subject"], change["action"]) for change in self.json["changes"]}


def copied(site: Path, folder: Path) -> None:
    """Copy a site's folder without its state."""
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns(".mecctl"))


class LiveSite:
    """A copy of the lab's site in another folder, on a subnet that nobody on this machine has."""

    def __init__(self, folder: Path) -> None:
        copied(LAB_SITE, folder)
        self.path = folder
        self.subnet = free_subnet()
        """The first three numbers of its nodes' addresses."""
        self.edit("10.79.0." if k3s.binary() else "10.77.0.", f"{self.subnet}.")
        if program := k3s.binary():
            k3s.pin(folder, program)

    def edit(self, old: str, new: str) -> None:
        file = self.path / "site.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    @property
    def folder(self) -> SiteFolder:
        return load(self.path)

    def mecctl(self, *words: str, timeout: float = 400) -> Ended:
        process = self.start(*words)
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()  # one that took too long would hold the site's lock, and so its lab
        return Ended(process.returncode, out, err)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `mecctl NOUN VERB <this site> ...` and don't wait for it."""
        noun, verb, *options = words
        return subprocess.Popen(
            [MECCTL, noun, verb, self.path, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @classmethod
    def at(cls, folder: Path, subnet: str) -> Self:
        """A site whose folder is there, and whose nodes are on a subnet already."""
        made = cls.__new__(cls)
        made.path, made.subnet = folder, subnet
        return made

    def plan(self) -> Ended:
        return self.mecctl("site", "plan", "-o", "json", "--exit-code")

    def up(self) -> Ended:
        return self.mecctl("site", "up", "-o", "json")

    @property
    def names(self) -> Names:
        """What everything of this site's lab is called."""
        return Names(self.folder.site.name, self.path)

    def container(self, node: str) -> str:
        """The name of a node's container."""
        return self.names.node(node)

    def podman(self, verb: str, node: str, *words: str) -> str:
        command = ["podman", "--runtime", "runc", verb, self.container(node), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def on(self, node: str, script: str) -> str:
        """Run a script on a node, as somebody with a root shell there would."""
        return self.podman("exec", node, "sh", "-ec", script)

    def replace_machine(self, node: str) -> None:
        """Throw a node away with all it had, as when a machine is replaced; `lab up` makes a new one."""
        name = self.container(node)
        self.podman("rm", node, "--force", "--time", "0")
        listed = ["podman", "volume", "ls", "--quiet", "--filter", f"name=^{name}"]
        volumes = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split()
        subprocess.run(["podman", "volume", "rm", "--force", *volumes], check=True, capture_output=True)

    def stop(self) -> None:
        ended = self.mecctl("lab", "down")
        assert ended.code == 0, ended.err


def kill_when(process: subprocess.Popen[str], says: str, timeout: float = 300) -> str:
    """SIGKILL the process as soon as its stderr says so; returns what it had said."""
    heard = ""
    deadline = time.monotonic() + timeout
    assert process.stderr is not None
    while time.monotonic() < deadline:
        line = process.stderr.readline()
        heard += line
        if says in line or not line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert says in heard, heard
    return heard
