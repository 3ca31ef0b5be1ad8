"""A control, what was found of it on each machine or in the cluster, and the sum of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Cluster, Machine

Owner = Literal["mecctl", "operator", "tenant"]
"""Who has to act when a control fails."""


class Result(StrEnum):
    """What a control comes to; `not-applicable` always has its reason."""

    passed = "pass"
    failed = "fail"
    excluded = "not-applicable"


@dataclass(frozen=True)
class Finding:
    """One look: the command, file or object, and the value found there.

    `subject` is the node, None for the cluster; `unseen` when it couldn't be asked, which says nothing about its state.
    """

    result: Result
    source: str
    found: str
    reason: str = ""
    subject: str | None = None
    unseen: bool = False


def passed(source: str, found: str) -> Finding:
    """Return what holds."""
    return Finding(Result.passed, source, found)


def failed(source: str, found: str, reason: str = "") -> Finding:
    """Return what doesn't; `reason` says what would."""
    return Finding(Result.failed, source, found, reason)


def excluded(source: str, found: str, reason: str) -> Finding:
    """Return why a control doesn't apply here."""
    return Finding(Result.excluded, source, found, reason)


def held(ok: bool, source: str, found: str, wanted: str = "") -> Finding:
    """Return what holds if `ok`, else what doesn't and what is `wanted`."""
    return passed(source, found) if ok else failed(source, found, wanted and f"wanted: {wanted}")


@dataclass(frozen=True)
class Control:
    """One thing that a benchmark asks; exactly one of `machine` and `cluster` is its check.

    `machine` is asked of every node, of servers only where `servers`.
    """

    id: str
    title: str
    owner: Owner
    machine: Callable[[Machine], Finding] | None = None
    cluster: Callable[[Cluster], Finding] | None = None
    servers: bool = False


def on_servers(id_: str, title: str, check: Callable[[Machine], Finding], owner: Owner = "mecctl") -> Control:
    """Return a control of machines that carry the control plane."""
    return Control(id_, title, owner, machine=check, servers=True)


def on_nodes(id_: str, title: str, check: Callable[[Machine], Finding], owner: Owner = "mecctl") -> Control:
    """Return a control of every machine."""
    return Control(id_, title, owner, machine=check)


def in_cluster(id_: str, title: str, check: Callable[[Cluster], Finding], owner: Owner = "mecctl") -> Control:
    """Return a control of the cluster as a whole."""
    return Control(id_, title, owner, cluster=check)


@dataclass(frozen=True)
class Benchmark:
    """A set of controls as one publisher numbers them; `name` says which version."""

    id: str
    name: str
    controls: tuple[Control, ...] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What a control came to; never without a finding."""

    benchmark: str
    control: Control
    findings: tuple[Finding, ...]

    @property
    def result(self) -> Result:
        """A failure if anything failed, not applicable if nothing applied."""
        results = {one.result for one in self.findings}
        return next(one for one in (Result.failed, Result.passed, Result.excluded) if one in results)

    @property
    def unseen(self) -> bool:
        """Whether it fails only for want of an answer."""
        bad = [one for one in self.findings if one.result is Result.failed]
        return bool(bad) and all(one.unseen for one in bad)
