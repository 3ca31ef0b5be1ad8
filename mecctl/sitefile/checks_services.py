"""Checks of what workloads require of each other: that it is there, that it may be reached, that somebody can start."""

from __future__ import annotations

from graphlib import CycleError
from typing import TYPE_CHECKING

from mecctl.model.service import in_order, providers, reaches
from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place
    from mecctl.sitefile.view import View


def required(view: View) -> Iterator[Finding]:
    """Each required service is produced by a workload that its user may connect to."""
    if not (view.workloads.whole and view.policies.whole):
        return
    works, policies = tuple(view.workloads.valid.values()), tuple(view.policies.valid.values())
    known = ", ".join(sorted({one.name for work in works for one in work.provides})) or "none is provided"
    for index, work in view.workloads.valid.items():
        for at, service in enumerate(work.requires):
            place: Place = ("spec", "workloads", index, "requires", at)
            found = tuple(providers(service, works))
            if not found:
                what = f"no workload of the site provides {service}"
                yield Finding(place, what, f"one of: {known}; or `requires: []` to run it without")
            elif not any(reaches(work, one, policies) for one in found):
                one = found[0]
                what = f"{one.name} of slice {one.slice} provides {service}, and no policy lets {work.slice} reach it"
                yield Finding(place, what, f"a policy from {work.slice} to {one.name}, which has ports")


def order(view: View) -> Iterator[Finding]:
    """Workloads start after what they require, so none requires itself by way of others."""
    if not view.workloads.whole:
        return
    works = view.workloads.valid
    indexes = {work.name: index for index, work in works.items()}
    try:
        tuple(in_order(works.values()))
    except CycleError as error:
        ring: list[str] = error.args[1][::-1]
        what = f"requires itself: {' requires '.join(ring)}, so none of them can start first"
        yield Finding(("spec", "workloads", indexes[ring[0]], "requires"), what, "no ring of requirements")


CHECKS = (required, order)
"""Every check of this module."""
