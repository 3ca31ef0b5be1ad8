"""Which engine runs a program: the embedded one, or Pulumi's own CLI where it is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from mecctl.engine.engine import Engine
from mecctl.engine.names import EngineName
from mecctl.engine.run.targets import ALL, Targets
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.engine.project.program import Program
    from mecctl.engine.run.events import Listener
    from mecctl.engine.run.finding import Findings
    from mecctl.engine.run.outcome import Outcome
    from mecctl.plan.progress import Progress

CLI = "pulumi"


class StackEngine(Protocol):
    """What both engines do; see mecctl.engine.engine.Engine for what is raised."""

    def __enter__(self) -> Self:
        """Use it in a `with`."""

    def __exit__(self, *_: object) -> None:
        """Let go of it."""

    def preview(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Return what `up` would do."""

    def up(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Make the cluster as the program says."""

    def refresh(self, project: str, stack: str, *, dry: bool = False, targets: Targets = ALL) -> Findings:
        """Record what the cluster says of the stack's objects."""

    def destroy(self, project: str, stack: str, *, targets: Targets = ALL) -> Outcome:
        """Delete all that the stack consists of."""


def choose(wanted: EngineName, environment: Mapping[str, str] = os.environ) -> EngineName:
    """Return `embedded` or `pulumi`. Raises MecctlError when the CLI is wanted by name and isn't there."""
    if wanted is EngineName.embedded:
        return wanted
    found = shutil.which(CLI, path=environment.get("PATH"))
    if wanted is EngineName.pulumi:
        if not found:
            raise MecctlError(
                "the engine `pulumi` needs Pulumi's CLI, which isn't on PATH",
                fix="install it (https://www.pulumi.com/docs/install/), or use `engine: embedded`",
            )
        return wanted
    return EngineName.pulumi if found and _has_plugin(environment) else EngineName.embedded


def opened(
    name: EngineName,
    state: Path | str,
    kubeconfig: Path,
    passphrase: str,
    progress: Progress,
    *,
    listener: Listener | None = None,
    work: Path,
) -> StackEngine:
    """Return the engine `name`, as `choose` gave it; `work` is where the CLI may keep its own files."""
    if name is EngineName.pulumi:
        # Imports the SDK, which takes a quarter of a second.
        from mecctl.engine.automation.automation import PulumiCli  # noqa: PLC0415

        return PulumiCli(state, kubeconfig, passphrase, progress, listener, work=work)
    return Engine(state, kubeconfig, passphrase, progress, listener)


def _has_plugin(environment: Mapping[str, str]) -> bool:
    """Whether the CLI has its Kubernetes provider, or would have to download it first."""
    home = environment.get("PULUMI_HOME") or f"{environment.get('HOME', str(Path.home()))}/.pulumi"
    return any((Path(home) / "plugins").glob("resource-kubernetes-v*[0-9]"))
