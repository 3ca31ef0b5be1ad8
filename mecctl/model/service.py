"""MEC services that workloads offer each other (ETSI GS MEC 010-2, 6.2.1.15 and 6.2.1.16)."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mecctl.model.base import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.model.policy import Policy
    from mecctl.model.workload import Workload

ServiceText = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^\S(.*\S)?$")]
"""A service's name, version or category: serName is any text in MEC 010-2."""


class ProvidedService(Model):
    """A service that a workload produces."""

    name: ServiceText = Field(description="Name by which others require it (serName).")
    version: ServiceText = Field(description="Its version, which is told and not compared.")
    category: ServiceText | None = Field(None, description="Its category (serCategory.name).")


def providers(service: str, workloads: Iterable[Workload]) -> Iterator[Workload]:
    """Yield the workloads that produce a service."""
    return (work for work in workloads if any(one.name == service for one in work.provides))


def reaches(user: Workload, provider: Workload, policies: Iterable[Policy]) -> bool:
    """Tell whether a workload may connect to another: in one slice, or by a policy that opens any port of it."""
    if user.slice == provider.slice:
        return True
    return any(policy.source.slice == user.slice and policy.opens(provider) for policy in policies)


def in_order(workloads: Iterable[Workload]) -> Iterator[Workload]:
    """Yield all workloads, each after those that it starts after; raises graphlib.CycleError where there's a ring."""
    named = {work.name: work for work in workloads}
    sorter = TopologicalSorter({name: first(work, named.values()) for name, work in named.items()})
    return (named[name] for name in sorter.static_order())


def first(user: Workload, workloads: Iterable[Workload]) -> tuple[str, ...]:
    """Return the names of those that `user` starts after: all that provide what it requires, but for itself."""
    others = tuple(work for work in workloads if work.name != user.name)
    found = (work.name for service in user.requires for work in providers(service, others))
    return tuple(dict.fromkeys(found))
