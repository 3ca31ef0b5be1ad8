"""Look at every machine before anything changes: each fault with its cause and its fix, all nodes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import certificates, fitness
from mecctl.nodes.everywhere import everywhere
from mecctl.nodes.facts import LOOK, LOOK_FOR, Facts, parse
from mecctl.nodes.finding import Finding
from mecctl.nodes.ssh import check_key, connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder


@dataclass(frozen=True)
class Preflight:
    """What was seen of the nodes that answered, and every fault."""

    facts: dict[str, Facts]
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> frozenset[str]:
        """Nodes without a fault."""
        return frozenset(self.facts) - {finding.node for finding in self.findings}


def look(folder: SiteFolder) -> Preflight:
    """Look at all nodes of the site in parallel, one SSH login and one command each. Raises InputError for the key."""
    check_key(folder.resolve(folder.site.spec.access.private_key))
    nodes = folder.site.nodes
    seen = everywhere(nodes, lambda node: _look_at(folder, node))
    facts = {one.node: one for one in seen if isinstance(one, Facts)}
    findings = [one for one in seen if isinstance(one, Finding)]
    for node in nodes:
        if node.name in facts:
            findings += fitness.judge(node, facts[node.name], folder.site)
            findings += expired(node, facts[node.name], folder.site.name)
    return Preflight(facts, (*findings, *fitness.shared(facts)))


def _look_at(folder: SiteFolder, node: Node) -> Facts | Finding:
    access, wanted = folder.site.spec.access, folder.site.kubernetes.network.encryption
    questions = LOOK_FOR.get(wanted, "") + LOOK
    try:
        with connect(folder, node) as connection:
            answer = connection.run(access.as_root("sh -s"), questions)
    except MecctlError as error:
        check = "reachable" if isinstance(error, UnreachableError) else "login"
        return Finding(node.name, check, error.what, error.why, error.fix, error)
    if "clock=" not in answer.stdout:
        return _no_answer(node, access.user, answer.stderr)
    return parse(node.name, answer.stdout, answer.sent, answer.received)


def _no_answer(node: Node, user: str, said: str) -> Finding:
    if user == "root":
        return Finding(node.name, "shell", "its shell gave no answer", said.strip() or None)
    fix = f"echo '{user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{user} on the node, or set access.user: root"
    return Finding(node.name, "sudo", f"{user} can't use sudo without a password", said.strip() or None, fix)


def expired(node: Node, seen: Facts, site: str) -> Iterator[Finding]:
    """Yield the certificates by which a node no longer belongs to its cluster, as one fault."""
    ended = [certificates.told(path, ends) for path, ends in seen.certificates.items() if _over(ends)]
    if ended:
        what = f"{len(ended)} of its certificates have expired"
        yield Finding(node.name, "certificates", what, "; ".join(sorted(ended)), certificates.renewal(ended, site))


def expiring(facts: Mapping[str, Facts], site: str) -> tuple[str, ...]:
    """Say of each node which certificate ends first, where that is soon, and how it is renewed."""
    said = []
    for name, seen in facts.items():
        first = certificates.first_to_end({path: ends for path, ends in seen.certificates.items() if not _over(ends)})
        if first and certificates.days_left(seen.certificates[first]) < certificates.SOON:
            told = certificates.told(first, seen.certificates[first])
            said.append(f"{name}: {told}: {certificates.renewal([first], site)}")
    return tuple(said)


def _over(ends: float) -> bool:
    return certificates.days_left(ends) < 0
