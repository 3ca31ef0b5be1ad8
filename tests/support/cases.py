"""Pulumi programs written in a test, run by an engine of the test's own against a real API."""

from __future__ import annotations

import json
import sys
import time
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeError
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.run.outcome import Outcome

PASSPHRASE = "a passphrase for tests"
_HEAD = """
import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret, Service

config = pulumi.Config()
ns = config.require("ns")
"""
_RUN = """
import sys
from pathlib import Path
from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
folder, state, kubeconfig, passphrase, *words = sys.argv[1:]
config = dict(word.split("=", 1) for word in words)
with Engine(Path(state), Path(kubeconfig), passphrase, Silent()) as engine:
    engine.up(Program(Path(folder), "dev", config))
"""


class Case:
    """A folder with a program, its state, and a namespace `ns` that is there already and belongs to this test."""

    def __init__(self, folder: Path, kubeconfig: Path, client: KubeClient, ns: str) -> None:
        self.folder = folder
        self.kubeconfig = kubeconfig
        self.client = client
        self.ns = ns
        self.state = folder / "state"
        client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})

    def program(self, source: str, **config: str) -> Program:
        """Write a program of the project `case`, in which `ns`, `config` and a few classes are at hand."""
        directory = self.folder / "program"
        directory.mkdir(exist_ok=True)
        (directory / "Pulumi.yaml").write_text("name: case\nruntime: python\n")
        (directory / "__main__.py").write_text(_HEAD + dedent(source))
        given = {"ns": self.ns, **config}
        return Program(directory, "dev", {f"case:{key}": value for key, value in given.items()})

    def engine(self, passphrase: str = PASSPHRASE) -> Engine:
        return Engine(self.state, self.kubeconfig, passphrase, Silent())

    def command(self, program: Program) -> list[str | Path]:
        """Return the words that run `up` in a process of its own."""
        words = [f"{key}={value}" for key, value in program.config.items()]
        return [sys.executable, "-c", _RUN, program.directory, self.state, self.kubeconfig, PASSPHRASE, *words]

    def preview(self, source: str, **config: str) -> Outcome:
        with self.engine() as engine:
            return engine.preview(self.program(source, **config))

    def up(self, source: str, **config: str) -> Outcome:
        with self.engine() as engine:
            return engine.up(self.program(source, **config))

    def destroy(self) -> Outcome:
        with self.engine() as engine:
            return engine.destroy("case", "dev")

    def checkpoint(self) -> Any:
        """Return the deployment in the state file."""
        return json.loads((self.state / ".pulumi/stacks/case/dev.json").read_text())["checkpoint"]["latest"]

    def get(self, kind: str, name: str, api_version: str = "v1") -> dict[str, Any] | None:
        """Return an object of the namespace, None when it isn't there."""
        try:
            return self.client.get(api_version, kind, name, self.ns)
        except KubeError as error:
            if error.status == 404:
                return None
            raise

    def names(self, kind: str = "ConfigMap", api_version: str = "v1") -> set[str]:
        """Return the names of the namespace's objects, without those that the controllers put into each."""
        found = {one["metadata"]["name"] for one in self.client.list(api_version, kind, self.ns)}
        return found - {"kube-root-ca.crt", "default"}


def until(holds: Callable[[], bool], within: float = 10.0) -> None:
    """Wait, at most so many seconds, for what no watch can tell."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def told(outcome: Outcome) -> list[tuple[str, str]]:
    """Return the changes as (action, name in the program)."""
    return [(change.action, change.name) for change in outcome.changes]
