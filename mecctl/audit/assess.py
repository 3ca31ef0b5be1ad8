"""Holds every control against the evidence; what couldn't be asked is a failure of its own, so none is unanswered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mecctl.audit.baseline import NODE
from mecctl.audit.cis import CIS
from mecctl.audit.control import Answer, Benchmark, Control, Finding, Result
from mecctl.audit.evidence import Machine
from mecctl.audit.nsa import NSA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.audit.evidence import Site

BENCHMARKS: tuple[Benchmark, ...] = (CIS, NSA, NODE)


@dataclass(frozen=True)
class Audit:
    """The answers to all controls of all benchmarks, in their order."""

    site: str
    answers: tuple[Answer, ...]

    @property
    def failures(self) -> tuple[Answer, ...]:
        """The controls that fail."""
        return tuple(one for one in self.answers if one.result is Result.failed)

    @property
    def ok(self) -> bool:
        """Whether nothing fails."""
        return not self.failures

    @property
    def exit_code(self) -> int:
        """0; 1 when something fails; 4 when something is only not known, for want of an answer."""
        if self.ok:
            return 0
        return 4 if all(one.unseen for one in self.failures) else 1


def assess(name: str, site: Site) -> Audit:
    """Answer every control from the evidence of a site."""
    return Audit(name, tuple(answer(one, control, site) for one in BENCHMARKS for control in one.controls))


def answer(benchmark: Benchmark, control: Control, site: Site) -> Answer:
    """Answer one control from the evidence of a site."""
    return Answer(benchmark.id, control, tuple(_findings(control, site)))


def _findings(control: Control, site: Site) -> Iterator[Finding]:
    if control.cluster:
        if isinstance(site.cluster, str):
            yield _unseen("the cluster", site.cluster, None)
        elif lost := sorted(name for name in site.servers if isinstance(site.machines[name], str)):
            # What the API servers are told is part of the answer.
            yield from (_unseen(name, str(site.machines[name]), None) for name in lost)
        else:
            yield control.cluster(site.cluster)
    for name, machine in site.machines.items():
        if control.machine and (name in site.servers or not control.servers):
            if isinstance(machine, Machine):
                yield replace(control.machine(machine), subject=name)
            else:
                yield _unseen(name, machine, name)


def _unseen(what: str, why: str, subject: str | None) -> Finding:
    return Finding(Result.failed, what, "no answer", why, subject, unseen=True)
