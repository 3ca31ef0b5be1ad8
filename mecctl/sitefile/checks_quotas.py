"""Checks of what a slice's workloads need against the slice's quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.model.amount import DEFAULT_LIMIT, amounts, within, written
from mecctl.model.quantity import size
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.model import Slice, Workload
    from mecctl.sitefile.view import View


def pods(view: View) -> Iterator[Finding]:
    """A slice's quota of pods holds the replicas of its workloads."""
    for index, part, inside in _slices(view):
        wanted = sum(work.most for work in inside)
        if part.quota and part.quota.pods is not None and wanted > part.quota.pods:
            what = f"the slice's workloads have {wanted} replicas, and the quota is {part.quota.pods} pods"
            yield Finding(("spec", "slices", index, "quota", "pods"), what, f"at least {wanted}, or fewer replicas")


def resources(view: View) -> Iterator[Finding]:
    """A slice's quota of CPU and memory holds what all replicas of its workloads may use."""
    for index, part, inside in _slices(view):
        for name, amount in amounts(part.quota).items():
            needs = [(work, size(_given(work, part, name))) for work in inside]
            asked = sum((work.most * need for work, need in needs), size("0"))
            if asked > size(amount):
                named = ", ".join(f"{work.name} {work.most} x {written(name, need)}" for work, need in needs)
                what = f"the slice's workloads may use {written(name, asked)} in sum: {named}; the quota is {amount}"
                allowed = f"at least {written(name, asked)}, or fewer or smaller replicas"
                yield Finding(("spec", "slices", index, "quota", name), what, allowed)


def _slices(view: View) -> Iterator[tuple[int, Slice, list[Workload]]]:
    """Yield every slice with its workloads, as long as all of them can be read."""
    if view.workloads.whole:
        for index, part in view.slices.valid.items():
            yield index, part, [work for work in view.workloads.valid.values() if work.slice == part.name]


def _given(work: Workload, part: Slice, name: str) -> str:
    """Return the CPU or memory of one replica: its own, else what the slice gives who doesn't say."""
    own = {"cpu": work.resources.cpu, "memory": work.resources.memory} if work.resources else {}
    return own.get(name) or within(DEFAULT_LIMIT, part.quota)[name]


CHECKS = (pods, resources)
"""Every check of this module."""
