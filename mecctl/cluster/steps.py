"""The cluster half of a site's steps: plan, apply, destroy, status."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mecctl.cluster import accounts, suited
from mecctl.cluster.health import connect, look
from mecctl.cluster.kubelets import wait_kubelets_answer
from mecctl.cluster.losses import Loss, losses, strays
from mecctl.cluster.moving import leftover
from mecctl.cluster.passphrase import passphrase
from mecctl.cluster.stacks import SLICES, programs
from mecctl.cluster.waiting import wait_api_ready, wait_nodes_ready, wait_workloads_ready
from mecctl.engine.choice import choose, opened
from mecctl.engine.names import EngineName
from mecctl.engine.objects.kinds import api_of
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mecctl.cluster.health import Status
    from mecctl.engine.choice import StackEngine
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.project.program import Program
    from mecctl.engine.run.outcome import ResourceChange
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

ASKED = 30.0
"""Seconds that the API gets for an answer."""
NODES_READY = 300.0
"""Seconds that nodes get to be Ready: a first start pulls, unpacks and compiles what the pod network needs."""
CLASSES_THERE = 60.0
"""Seconds that K3s gets to make the StorageClass that it brings along."""
KUBELETS_ANSWER = 120.0
"""Seconds that their kubelets then get for the certificates that they show their callers."""
WORKLOADS_READY = 300.0
"""Seconds that all workloads together then get."""


class Cluster:
    """One site's API objects, by the programs under stacks/ and the engine; state is in `<site>/.mecctl/state`.

    With `force_conflicts` fields that another field manager owns are taken over.
    """

    def __init__(
        self, folder: SiteFolder, kubeconfig: Path, progress: Progress, *, force_conflicts: bool = False
    ) -> None:
        self._force = force_conflicts
        self._folder = folder
        self._site = folder.site
        self._kubeconfig = kubeconfig
        self._progress = progress

    def plan(self) -> tuple[Change, ...]:
        """Return what `apply` would change, compared with the live objects.

        Raises UnreachableError when there is no cluster yet or it doesn't answer, InputError when it can't have the
        site's workloads, MecctlError when a program fails.
        """
        changes: list[Change] = []
        with self._client() as client, self._engine() as engine:
            suited.check(client, self._folder)
            for program in self._programs():
                changes += [
                    _change(program, one) for one in engine.preview(program, force_conflicts=self._force).changes
                ]
            return (*changes, *accounts.plan(client, self._site), *leftover.plan(client, self._site))

    def apply(self) -> tuple[Change, ...]:
        """Make the cluster what the site says and return what changed; raises as `plan` does."""
        changes: list[Change] = []
        with self._client() as client, self._engine() as engine:
            suited.check(client, self._folder, CLASSES_THERE if self._site.kubernetes.distribution == "k3s" else 0.0)
            for program in self._programs():
                changes += [_change(program, one) for one in engine.up(program, force_conflicts=self._force).changes]
            changes += accounts.close(client, self._site)
            changes += leftover.end(client, self._site)
        return tuple(changes)

    def notes(self) -> tuple[str, ...]:
        """Say what of the site file the cluster can't honour, and what happens instead; raises UnreachableError."""
        with self._client() as client:
            return suited.notes(client, self._site)

    def losses(self, timeout: float = ASKED) -> tuple[Loss, ...]:
        """Return what runs in namespaces that `apply` would delete; raises as `plan` does.

        The program that makes them is only run where there are namespaces of other slices than the site's.
        """
        with self._client(timeout) as client:
            found = strays(client, self._site)
            if not found:
                return ()
            (program,) = (one for one in programs(self._site) if one.project == SLICES)
            with self._engine() as engine:
                changes = [one for one in engine.preview(program).changes if api_of(one.type) == ("v1", "Namespace")]
            gone = {change.object for change in changes if change.action == "delete"}
            replaced = any(change.action == "replace" for change in changes)
            return losses(client, gone | found if replaced else gone)

    def destroy(self) -> tuple[Change, ...]:
        """Delete all that `apply` made, last things first, and return what went."""
        changes: list[Change] = []
        with self._client(), self._engine() as engine:
            for program in reversed(programs(self._site)):
                gone = engine.destroy(program.project, program.stack)
                changes += [_change(program, one) for one in gone.changes]
        return tuple(changes)

    def status(self) -> Status:
        """Return what the cluster says about the site; raises UnreachableError."""
        with self._client() as client:
            return look(client, self._site, str(self._kubeconfig))

    def wait_ready(self, nodes: Iterable[str]) -> None:
        """Return when the named nodes, their kubelets, cluster DNS and all workloads are ready.

        Raises MecctlError that says why one isn't after NODES_READY, KUBELETS_ANSWER or WORKLOADS_READY seconds.
        """
        wanted = frozenset(nodes)
        with self._client() as client:
            wait_nodes_ready(client, wanted, NODES_READY, self._progress)
            wait_kubelets_answer(client, wanted, KUBELETS_ANSWER)
            wait_workloads_ready(client, self._site, WORKLOADS_READY, self._progress)

    def _programs(self) -> tuple[Program, ...]:
        return programs(self._site, self._folder.secrets, passphrase(self._folder.state))

    @contextmanager
    def _client(self, timeout: float = ASKED) -> Iterator[KubeClient]:
        with connect(self._kubeconfig, self._site, timeout) as client:
            wait_api_ready(client, timeout)
            yield client

    def _engine(self) -> StackEngine:
        own = self._folder.state
        name = choose(EngineName(self._site.spec.engine))
        return opened(name, own / "state", self._kubeconfig, passphrase(own), self._progress, work=own / "pulumi")


def _change(program: Program, change: ResourceChange) -> Change:
    api_version, kind = api_of(change.type)
    return Change(f"{program.project}: {api_version}/{kind} {change.object}", change.action, change.reason)
