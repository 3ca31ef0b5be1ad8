"""Looks at every object of a stack, and brings the state up to date with what was really seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.objects.objects import to_outputs
from mecctl.engine.objects.values import is_secret
from mecctl.engine.readiness import judge
from mecctl.engine.run.drift import Seen, look
from mecctl.engine.run.finding import Findings
from mecctl.engine.steps.patches import manager_of

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.run.targets import Targets
    from mecctl.engine.state import Resource, StackState

_PARALLEL = 16


def refresh(providers: Providers, state: StackState, targets: Targets, ledger: Ledger) -> Findings:
    """Return how the targets among the stack's objects do, and record it in `state` if that is open for writing.

    Inputs stay as the program gave them: a difference is told until `up` mends it or the program takes it over.
    Raises MecctlError for a target that the stack doesn't have.
    """
    every = [*state.resources.values(), *state.condemned]
    targets.check({one.urn for one in every})
    meant = targets.among(every)
    chosen = sorted((one for one in every if one.urn in meant and one.has_object), key=lambda one: one.key)
    for one in chosen:
        ledger.mask.learn(one.inputs)
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="refresh") as pool:
        found = list(pool.map(lambda one: look(providers, one), chosen))
    for one, seen in zip(chosen, found, strict=True):
        _record(state, one, seen)
    told = (replace(seen.finding, reason=ledger.mask.text(seen.finding.reason)) for seen in found)
    return Findings(tuple(told))


def _record(state: StackState, one: Resource, seen: Seen) -> None:
    if seen.finding.standing in ("deleted", "not-ours"):
        state.drop(one)
    elif seen.live is not None and not one.delete:
        hidden = tuple(name for name, value in one.outputs.items() if is_secret(value))
        outputs = to_outputs(seen.live, one.inputs, hidden, manager_of(one))
        ready = one.init_errors and seen.finding.standing == "unchanged" and judge(seen.live).ready
        now = replace(one, outputs=outputs, init_errors=() if ready else one.init_errors)
        state.refresh(now) if seen.finding.standing == "unchanged" and not ready else state.put(now)
