"""The table of contents: the ordered steps of plan, up and down; the only module that knows nodes and cluster."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from mecctl import sitelock
from mecctl.artifacts.store import Store
from mecctl.cluster.losses import Loss, refusal
from mecctl.cluster.steps import Cluster
from mecctl.engine.engine import warm_up
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes.steps import Nodes, NodesResult
from mecctl.plan.execute import Listener, execute
from mecctl.plan.progress import Progress
from mecctl.plan.step import Outcome, Step, nothing
from mecctl.probe.prove import prove
from mecctl.sitefile import SITE_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.plan.result import RunResult
    from mecctl.sitefile import SiteFolder


ASKED_FIRST = 5.0
"""Seconds that the API gets to say, before anything else is done, what would go."""


class Watcher(Progress, Listener, Protocol):
    """Hears of the steps and of the long work inside them."""


@dataclass(frozen=True)
class Workflow:
    """One site's steps. `plan` and `up` run the same list; only the side of each step differs.

    With `force_conflicts` fields in the cluster that another field manager owns are taken over; with `let_go` slices
    that left the site file take along what still runs in them.
    """

    folder: SiteFolder
    watcher: Watcher
    force_conflicts: bool = False
    let_go: bool = False
    _lost: set[str] = field(default_factory=set, init=False)
    """Nodes that failed on the way: nobody waits for them."""

    def steps(self) -> tuple[Step, ...]:
        """The way from bare machines to a proven site, in order."""
        warm_up()
        return (
            Step("preflight", self._preflight, self._preflight),
            Step("nodes", lambda: self._nodes_outcome(self._nodes.plan()), self._apply_nodes),
            Step("cluster", self._plan_cluster, self._apply_cluster),
            Step("ready", nothing, self._await_ready),
            Step("proof", nothing, self._prove),
        )

    def plan(self) -> RunResult:
        """Say what `up` would change, from live state; changes nothing."""
        return execute(self.folder.site.name, self.steps(), "plan", self.watcher)

    def up(self) -> RunResult:
        """Make the site what its file says; a plain re-run goes on after any failure."""
        with sitelock.hold(self.folder.state, "mecctl site up"):
            return execute(self.folder.site.name, self.steps(), "apply", self.watcher)

    def losses(self) -> tuple[Loss, ...]:
        """What still runs in slices that `up` would take away; nothing where there is no cluster to be asked."""
        try:
            return Cluster(self.folder, self.folder.state / "kubeconfig", self.watcher).losses(ASKED_FIRST)
        except UnreachableError:
            return ()  # and asked again once it is there

    def down(self) -> RunResult:
        """Take off the nodes what mecctl put there, then forget the cluster that is gone with it."""
        with sitelock.hold(self.folder.state, "mecctl site down"):
            steps = (
                Step("reset", nothing, self._reset),
                Step("forget", nothing, self._forget),
            )
            return execute(self.folder.site.name, steps, "apply", self.watcher)

    @cached_property
    def _nodes(self) -> Nodes:
        return Nodes(self.folder, Store(), self.watcher)

    @cached_property
    def _cluster(self) -> Cluster:
        return Cluster(self.folder, self._nodes.kubeconfig(), self.watcher, force_conflicts=self.force_conflicts)

    def _preflight(self) -> Outcome:
        """Look at every machine; a fault of one node is told and the others' work goes on, the site's own stops all."""
        errors = tuple(finding.as_error() for finding in self._nodes.preflight())
        short = self._nodes.shortage()
        blocks = short is not None or not self._nodes.usable & self._servers
        errors = (*errors, short) if short else errors
        return Outcome(errors=errors, blocks=blocks, notes=self._nodes.expiring())

    def _apply_nodes(self) -> Outcome:
        return self._nodes_outcome(self._nodes.apply())

    def _nodes_outcome(self, result: NodesResult) -> Outcome:
        """What the nodes said, without the faults that preflight has told already."""
        told = {finding.node for finding in self._nodes.preflight()}
        self._lost.update(result.failures)
        errors = tuple(error for node, error in result.failures.items() if node not in told)
        unknown = "; ".join(result.unknown) or None
        blocks = self._servers <= set(result.failures)
        return Outcome(result.changes, errors, (), unknown, blocks, result.module_executions)

    def _reset(self) -> Outcome:
        """Every node counts: what one of them still runs must not be forgotten."""
        result = self._nodes.reset()
        errors = tuple(result.failures.values())
        return Outcome(result.changes, errors, blocks=bool(errors), executions=result.module_executions)

    @property
    def _servers(self) -> frozenset[str]:
        return frozenset(node.name for node in self.folder.site.servers)

    def _await_ready(self) -> Outcome:
        self._cluster.wait_ready(self._nodes.usable - self._lost)
        return Outcome()

    def _plan_cluster(self) -> Outcome:
        if not self._nodes.installed:
            return Outcome(unknown="the cluster isn't there yet; its part of the plan is known once it is")
        return Outcome(self._cluster.plan(), notes=self._cluster.notes())

    def _apply_cluster(self) -> Outcome:
        """Objects are made while nodes are still getting Ready; what fails here may be explained by a node after it."""
        try:
            if not self.let_go and (lost := self._cluster.losses()):
                return Outcome(errors=(refusal(lost, f"{self.folder.path}/{SITE_FILE}"),), blocks=True)
            notes = self._cluster.notes()  # asked first, or a failure would hide what was done
            return Outcome(self._cluster.apply(), notes=notes)
        except UnreachableError:
            raise
        except MecctlError as error:
            return Outcome(errors=(error,))

    def _prove(self) -> Outcome:
        checks = prove(self.folder, self._nodes.kubeconfig(), self.watcher)
        broken = [check for check in checks if not check.ok]
        errors = [MecctlError(f"{len(broken)} of {len(checks)} checks of the proof failed")] if broken else []
        return Outcome(checks=checks, errors=tuple(errors))

    def _forget(self) -> Outcome:
        forget_cluster(self.folder.state)
        return Outcome()


def forget_cluster(state: Path) -> None:
    """Remove what is known of a cluster that is gone: kubeconfigs, state and key of stacks, runs, its audit."""
    for name in ("state", "passphrase", "kubeconfig", "tenants", "runner", "pulumi", "audit.json"):
        path = state / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
