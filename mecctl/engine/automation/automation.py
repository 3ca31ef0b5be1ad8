"""The engine `pulumi`: Pulumi's own CLI, driven by its Automation API, on the same state and with the same passphrase.

It has been written against the API's and the CLI's sources; docs/guide/engine.md says what was run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pulumi import automation

from mecctl.engine.automation import cliwork
from mecctl.engine.automation.clicalls import left_to_the_cli, telling
from mecctl.engine.automation.clievents import Heard
from mecctl.engine.objects.secrets import Keyring
from mecctl.engine.objects.values import Secret
from mecctl.engine.run.failures import ProgramError, unreachable
from mecctl.engine.run.finding import Findings
from mecctl.engine.run.outcome import Outcome
from mecctl.engine.run.targets import ALL, Targets
from mecctl.engine.state import StackState, backend
from mecctl.errors import LockedError, MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi.automation import OutputMap, Stack

    from mecctl.engine.project.program import Program
    from mecctl.engine.run.events import Listener
    from mecctl.plan.progress import Progress

_QUIET: dict[str, Any] = {"color": "never", "suppress_progress": True}


class PulumiCli:
    """Has the methods of `mecctl.engine.engine.Engine`; `work` is a folder of its own for the CLI's projects."""

    def __init__(
        self,
        state: Path | str,
        kubeconfig: Path,
        passphrase: str,
        progress: Progress,
        listener: Listener | None = None,
        *,
        work: Path,
    ) -> None:
        self._state, self._kubeconfig, self._passphrase = state, kubeconfig, passphrase
        self._progress, self._listener, self._work = progress, listener, work
        self._keys = Keyring(passphrase)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays open between runs."""

    def preview(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Return what `up` would do; a stack that isn't there yet is made, empty."""
        stack = self._of_program(program, force_conflicts=force_conflicts)
        heard = Heard(self._listener, dry=True)
        told = {**_QUIET, **targeted(targets)}
        self._run(program.project, heard, lambda: stack.preview(on_event=heard, on_output=self._progress.log, **told))
        return Outcome(heard.changes)

    def up(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Make the cluster as the program says. Raises as the embedded engine does."""
        stack = self._of_program(program, force_conflicts=force_conflicts)
        heard = Heard(self._listener, dry=False)
        told = {**_QUIET, "continue_on_error": True, **targeted(targets)}
        self._run(program.project, heard, lambda: stack.up(on_event=heard, on_output=self._progress.log, **told))
        return Outcome(heard.changes, for_caller(stack.outputs()))

    def refresh(self, project: str, stack: str, *, dry: bool = False, targets: Targets = ALL) -> Findings:
        """Record what the cluster says of the stack's objects; `dry` only looks."""
        one = self._of_state(project, stack)
        heard = Heard(self._listener, dry=dry)
        told = {**_QUIET, **targeted(targets)}
        verb = getattr(one, "preview_refresh", None) if dry else one.refresh
        if verb is None:
            raise MecctlError(
                "the installed Pulumi SDK can't look without recording what it sees",
                fix="upgrade the package pulumi, or use --engine embedded",
            )
        self._run(project, heard, lambda: verb(on_event=heard, on_output=self._progress.log, **told))
        return Findings(heard.findings)

    def destroy(self, project: str, stack: str, *, targets: Targets = ALL) -> Outcome:
        """Delete all that the stack consists of, or the targets."""
        one = self._of_state(project, stack)
        heard = Heard(self._listener, dry=False)
        told = {**_QUIET, "continue_on_error": True, **targeted(targets)}
        self._run(project, heard, lambda: one.destroy(on_event=heard, on_output=self._progress.log, **told))
        return Outcome(heard.changes)

    def _of_program(self, program: Program, *, force_conflicts: bool) -> Stack:
        salt = self._settled(program.project, program.stack)
        settings = cliwork.stack_settings(program, self._keys(salt), salt)
        return self._stack(program.project, program.stack, cliwork.project_of(program), settings, force=force_conflicts)

    def _of_state(self, project: str, stack: str) -> Stack:
        salt = self._settled(project, stack)
        settings = {"encryptionsalt": salt or self._keys(None).state()}
        return self._stack(project, stack, cliwork.bare_project(project), settings, force=False)

    def _settled(self, project: str, stack: str) -> str | None:
        """Fold what a broken-off run of the embedded engine left into the state; return the salt of its secrets."""
        state = StackState(backend(self._state), project, stack, self._keys).open()
        pending, latest = state.pending, state.deployment() or {}
        state.close()
        if pending:
            raise MecctlError(
                f"a broken-off run of {project}/{stack} has to be recovered first",
                why="only the embedded engine knows what it was about to create",
                fix="run the same command once with --engine embedded",
            )
        provider = latest.get("secrets_providers") or {}
        salt = (provider.get("state") or {}).get("salt")
        return str(salt) if salt else None

    def _stack(
        self, project: str, stack: str, document: dict[str, Any], settings: dict[str, Any], *, force: bool
    ) -> Stack:
        folder = self._work / project
        cliwork.write(folder, document, stack, settings)
        told = cliwork.environment(self._state, self._kubeconfig, self._passphrase, force_conflicts=force)
        options = automation.LocalWorkspaceOptions(env_vars=told, secrets_provider="passphrase")
        return telling(
            lambda: automation.create_or_select_stack(
                f"organization/{project}/{stack}", work_dir=str(folder), opts=options
            )
        )

    def _run(self, project: str, heard: Heard, call: Callable[[], object]) -> None:
        """Run the CLI; what its events call an error is told by that, and only else what it printed."""
        try:
            with left_to_the_cli():
                telling(call)
        except LockedError:
            raise
        except MecctlError as error:
            if not heard.failures:
                raise
            failures = tuple(heard.failures)
            raise unreachable(failures) or ProgramError(project, failures, Outcome(heard.changes)) from error


def targeted(targets: Targets) -> dict[str, Any]:
    """Return the CLI's options for targets; it knows URNs only, so a plain name becomes a pattern of one."""
    if not targets:
        return {}
    patterns = [one if one.startswith("urn:") or "::" in one else f"**::{one}" for one in targets.patterns]
    return {"target": patterns, **({"target_dependents": True} if targets.dependents else {})}


def for_caller(outputs: OutputMap) -> dict[str, object]:
    """Return what a stack exports, with secrets wrapped."""
    return {name: Secret(one.value) if one.secret else one.value for name, one in outputs.items()}
