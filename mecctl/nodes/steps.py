"""Bring the machines of a site to what its file says: look, plan, apply, take off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mecctl.artifacts.select import for_site
from mecctl.artifacts.store import Blob
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import inventory, preflight
from mecctl.nodes.capacity import shortage
from mecctl.nodes.kubeconfig import expired, fetch
from mecctl.nodes.runner import play
from mecctl.nodes.trial import Trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mecctl.artifacts.lock import Artifact
    from mecctl.artifacts.store import Store
    from mecctl.errors import InputError
    from mecctl.nodes.events import Played
    from mecctl.nodes.finding import Finding
    from mecctl.nodes.preflight import Preflight
    from mecctl.plan.change import Change
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

STARTS = (": kubeadm init", ": unit k3s.service")


@dataclass(frozen=True)
class NodesResult:
    """What was or would be changed, and which nodes failed. `failures` has every node that isn't as declared.

    `unreachable` are those of them that did not answer, which says nothing about their state. `module_executions`
    counts, for each node asked, how often a module ran there.
    """

    changes: tuple[Change, ...] = ()
    failures: Mapping[str, MecctlError] = field(default_factory=dict)
    unreachable: frozenset[str] = frozenset()
    module_executions: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


class Nodes:
    """The machines of one site. What preflight found is kept: a node with a fault is left out of what follows."""

    def __init__(self, folder: SiteFolder, store: Store, progress: Progress) -> None:
        self._folder = folder
        self._store = store
        self._progress = progress

    def preflight(self) -> tuple[Finding, ...]:
        """Look at every node; returns the faults."""
        return self._seen.findings

    def expiring(self) -> tuple[str, ...]:
        """Which certificates have to be renewed soon, a line a node."""
        return preflight.expiring(self._seen.facts, self._folder.site.name)

    def shortage(self) -> InputError | None:
        """What the site file promises and the machines, as they were seen, can't keep."""
        return shortage(self._folder, self._seen.facts)

    @property
    def usable(self) -> frozenset[str]:
        """The nodes without a fault."""
        return self._seen.usable

    @property
    def installed(self) -> bool:
        """Whether a cluster runs, as far as its API port tells."""
        servers = {node.name for node in self._folder.site.servers}
        return any(6443 in facts.listeners for name, facts in self._seen.facts.items() if name in servers)

    def plan(self) -> NodesResult:
        """Say what `apply` would change, from live state."""
        return self._converge(check=True)

    def apply(self) -> NodesResult:
        """Bring every usable node to what is declared; one node's failure doesn't stop the others."""
        result = self._converge(check=False)
        if any(change.subject.endswith(STARTS) for change in result.changes):
            (self._folder.state / "kubeconfig").unlink(missing_ok=True)  # a new cluster has new certificates
        return result

    def reset(self) -> NodesResult:
        """Take off the nodes what mecctl put there; Debian packages stay. Safe to repeat."""
        # What is taken off needs no artifact, only the places where they were put.
        listed = {name: [Blob(one, Path(), one.sha256 or "", 0) for one in them] for name, them in self._wanted.items()}
        return self._on_all("reset.yml", listed)

    def renew(self, what: Literal["certs", "tokens"]) -> NodesResult:
        """Give the nodes other certificates or (K3s) tokens, one node after the other. Safe to repeat."""
        return self._on_all(f"{what}.yml", {})

    def inventory(self) -> dict[str, Any]:
        """The Ansible inventory of the usable nodes, as `plan` and `apply` run the playbook with it."""
        hosts = {name: facts for name, facts in self._seen.facts.items() if name in self.usable}
        return inventory.render(self._folder, hosts, self._blobs)

    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig, fetched from a server unless it is there already and holds; mode 0600."""
        path = self._folder.state / "kubeconfig"
        if path.exists() and not expired(path):
            return path
        return fetch(self._folder, path)

    @cached_property
    def _seen(self) -> Preflight:
        return preflight.look(self._folder)

    @cached_property
    def _wanted(self) -> dict[str, tuple[Artifact, ...]]:
        facts = self._seen.facts
        needed = for_site(self._folder, {name: one.arch for name, one in facts.items()})
        return {name: them for name, them in needed.items() if name in facts}

    @cached_property
    def _blobs(self) -> dict[str, tuple[Blob, ...]]:
        wanted = self._wanted
        blobs = self._store.ensure({one.key: one for them in wanted.values() for one in them}.values(), self._progress)
        return {name: tuple(blobs[one.key] for one in them) for name, them in wanted.items()}

    def _converge(self, *, check: bool) -> NodesResult:
        played = self._play("site.yml", self.inventory(), check=check) if self.usable else None
        return self._result(played, self._seen.findings)

    def _on_all(self, playbook: str, blobs: Mapping[str, Sequence[Blob]]) -> NodesResult:
        """Run a playbook on every node that answers, whatever else is wrong with it."""
        facts = self._seen.facts
        silent = [finding for finding in self._seen.findings if finding.node not in facts]
        if not facts:
            return self._result(None, silent)
        return self._result(self._play(playbook, inventory.render(self._folder, facts, blobs), check=False), silent)

    def _play(self, playbook: str, hosts: dict[str, Any], *, check: bool) -> Played:
        known_hosts = self._folder.resolve(self._folder.site.spec.access.known_hosts)
        state = self._folder.state
        with Trials(self._folder) as trials:
            where = state.absolute(), known_hosts.absolute()
            played = play(playbook, hosts, *where, self._progress, check=check, on_trial=trials.start)
            return replace(played, failures={**trials.failures(), **played.failures})

    def _result(self, played: Played | None, findings: Sequence[Finding]) -> NodesResult:
        failures = {finding.node: finding.as_error() for finding in reversed(findings)}
        failures |= played.failures if played else {}
        return NodesResult(
            played.changes if played else (),
            failures,
            frozenset(name for name, error in failures.items() if isinstance(error, UnreachableError)),
            played.executions if played else {},
            played.unknown if played else (),
        )
