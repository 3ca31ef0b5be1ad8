"""Runs Pulumi programs against one cluster: preview, up, refresh, destroy."""

from __future__ import annotations

import functools
import importlib
import threading
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mecctl.engine.clusters.clusters import Clusters
from mecctl.engine.clusters.providers import Providers
from mecctl.engine.kube import Stop
from mecctl.engine.objects.secrets import Keyring
from mecctl.engine.objects.urn import STACK_TYPE
from mecctl.engine.run.deletes import remove_all
from mecctl.engine.run.deployment import Deployment
from mecctl.engine.run.interrupt import Interrupts
from mecctl.engine.run.ledger import Ledger
from mecctl.engine.run.mode import Mode
from mecctl.engine.run.recover import recover
from mecctl.engine.run.refresh import refresh
from mecctl.engine.run.targets import ALL, Targets
from mecctl.engine.sdk.hooks import Hooks
from mecctl.engine.state import StackState, backend
from mecctl.engine.steps.steps import Preview, Steps
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mecctl.engine.objects.values import Properties
    from mecctl.engine.project.program import Program
    from mecctl.engine.run.events import Listener
    from mecctl.engine.run.finding import Findings
    from mecctl.engine.run.outcome import Outcome
    from mecctl.plan.progress import Progress

_DESTROYED = "the whole stack is deleted"
_USED = tuple(f"pulumi_kubernetes.{name}.v1" for name in ("core", "apps", "meta", "networking"))


class Engine:
    """Keeps state at a place and talks to the cluster of a kubeconfig; close it, or use it in a `with`.

    `state` is a folder, or the URL of a backend (see `state.backend`).

    Only `kubernetes:*` resources are known; the rest is refused by name, as a failure of that resource.
    """

    def __init__(
        self,
        state: Path | str,
        kubeconfig: Path,
        passphrase: str,
        progress: Progress,
        listener: Listener | None = None,
    ) -> None:
        self._state = backend(state)
        self._progress, self._listener = progress, listener
        self._interrupts = Interrupts(Stop())
        self._clusters = Clusters(kubeconfig.absolute(), self._interrupts.stop)
        self._keys = Keyring(passphrase)
        self._promised: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the clusters."""
        self._clusters.close()

    def interrupt(self) -> None:
        """End what runs, from any thread, as Ctrl-C does: it raises KeyboardInterrupt once the state is saved."""
        self._interrupts.stop.ask()

    def preview(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Return what `up` would do, found out without changing anything.

        It may need namespaces and kinds that programs previewed before by this engine bring.
        Raises UnreachableError when the cluster doesn't answer, ProgramError when the program or a resource fails.
        """
        return self._run(program, Mode(dry=True, targets=targets, force_conflicts=force_conflicts))

    def up(self, program: Program, *, targets: Targets = ALL, force_conflicts: bool = False) -> Outcome:
        """Make the cluster as the program says, and delete what it said before and no longer does.

        With `targets`, everything else stays as it is. A field that the program sets and another field manager owns is
        an error, unless `force_conflicts` takes it over, which the reason of the change then tells.

        What can be done is done and recorded; then ProgramError names every failure (UnreachableError when that is all
        that failed). LockedError when another run holds the stack.
        """
        return self._run(program, Mode(targets=targets, force_conflicts=force_conflicts))

    def destroy(self, project: str, stack: str, *, targets: Targets = ALL) -> Outcome:
        """Delete all that the stack consists of, or the targets, dependents first.

        Raises like `up`; what fails stays in state.
        """
        with self._session(project, stack, Mode(targets=targets, kind="destroy")) as session:
            run = session.ready.result()
            doomed = run.doomed()
            reason = "it is a target" if targets else _DESTROYED
            remove_all(((one, reason) for one in doomed), run.actor, session.ledger)
        return session.ledger.outcome(project, {})

    def refresh(self, project: str, stack: str, *, dry: bool = False, targets: Targets = ALL) -> Findings:
        """Look at all that the stack consists of, or the targets, and record what was really seen; `dry` only looks.

        What can't be seen stays in the state as it is. Raises UnreachableError when the cluster doesn't answer at all.
        """
        with self._session(project, stack, Mode(dry, targets, kind="refresh")) as session:
            providers = session.ready.result().providers
            return refresh(providers, session.state, targets, session.ledger)

    def _run(self, program: Program, mode: Mode) -> Outcome:
        project = program.project
        base = program.directory.absolute()
        with self._session(project, program.stack, mode, program.provider(), base) as session:
            session.ledger.mask.learn(program.hidden())
            finish = functools.cache(lambda: self._finish(session, dry=mode.dry))
            error = self._execute(program, session, finish, dry=mode.dry)
            run = session.ready.result()
            if error is not None:
                session.ledger.fail_program(error, program.directory)
            finish()
        return session.ledger.outcome(project, run.outputs())

    def _finish(self, session: _Session, *, dry: bool) -> None:
        """Delete what the program no longer has, unless something failed."""
        run = session.ready.result()
        self._promised |= run.promised()
        if dry:
            run.check_missing(self._promised)
        if not session.ledger.failed:
            _remove_dropped(run, session)

    def _execute(
        self, program: Program, session: _Session, finish: Callable[[], None], *, dry: bool
    ) -> BaseException | None:
        # The SDK takes a quarter of a second to import, which only those who run a program should pay for.
        from mecctl.engine.sdk.host import run  # noqa: PLC0415
        from mecctl.engine.sdk.monitor import Monitor  # noqa: PLC0415

        name = (program.project, program.stack)
        ready, ledger, hooks = session.ready, session.ledger, session.hooks
        monitor = Monitor(name, ready, ledger, hooks, finish=finish, exports=self._exports, dry=dry)
        try:
            run(program, monitor, self._interrupts, dry=dry)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a program may raise anything
            return None if isinstance(error, SystemExit) and not error.code else error
        return None

    def _exports(self, project: str, stack: str) -> Properties | None:
        """Return what another stack exports as of its last run, None when it isn't there."""
        state = StackState(self._state, project, stack, self._keys).read()
        return next((one.outputs for one in state.resources.values() if one.type == STACK_TYPE), None)

    @contextmanager
    def _session(
        self,
        project: str,
        stack: str,
        mode: Mode,
        configured: Properties | None = None,
        base: Path = Path(),
    ) -> Iterator[_Session]:
        """Open the state and ask the cluster, while the caller goes on; close the state at the end."""
        state = StackState(self._state, project, stack, self._keys)
        ledger = Ledger(self._progress, self._listener)
        hooks = Hooks(ledger, dry=mode.dry)
        session = _Session(state, hooks, ledger, futures.Future())

        def prepare() -> Deployment:
            if mode.dry:
                state.read()
            else:
                state.open(mode.kind)
            providers = Providers(self._clusters, state, ledger.mask, configured, base)
            providers.main().request("GET", "/version")
            recover(providers, state, ledger)
            actor = Preview(hooks) if mode.dry else Steps(providers, state, hooks)
            return Deployment(providers, state, actor, ledger, mode)

        with self._interrupts.heard():
            threading.Thread(target=_settle, args=(session.ready, prepare), name="prepare", daemon=True).start()
            failed = True
            try:
                yield session
                failed = False
            finally:
                futures.wait([session.ready])
                state.close(ok=not failed and not session.ledger.failed, changes=session.ledger.counts())


@dataclass(frozen=True)
class _Session:
    state: StackState
    hooks: Hooks
    ledger: Ledger
    ready: futures.Future[Deployment]


def _remove_dropped(run: Deployment, session: _Session) -> None:
    try:
        dropped = run.dropped()
    except MecctlError as error:
        session.ledger.fail("", "the targets", error)
    else:
        remove_all(dropped, run.actor, session.ledger)


def warm_up() -> None:
    """Import the SDK, and what most programs use of it, beside other work that waits for machines."""
    threading.Thread(target=_import_sdk, name="warm-up", daemon=True).start()


def _import_sdk() -> None:
    for name in ("mecctl.engine.sdk.host", "mecctl.engine.sdk.monitor", *_USED):
        importlib.import_module(name)


def _settle(ready: futures.Future[Deployment], prepare: Callable[[], Deployment]) -> None:
    try:
        ready.set_result(prepare())
    except BaseException as error:  # noqa: BLE001 - raised again by whoever asks for the result
        ready.set_exception(error)
