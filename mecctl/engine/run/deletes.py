"""Deletes resources in reverse order of dependency, side by side where nothing stands between them."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from mecctl.engine.clusters.access import sensitive
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.state import Resource
    from mecctl.engine.steps.actor import Actor

Key = tuple[str, str]
_PARALLEL = 16


def remove_all(doomed: Iterable[tuple[Resource, str | None]], actor: Actor, ledger: Ledger) -> None:
    """Delete resources by `actor`, each with the reason to tell (None: not worth telling).

    What failed is in the ledger, and what it depends on stays too. With one that is protected nothing goes at all.
    """
    reasons = {one.key: (one, reason) for one, reason in doomed}
    protected = [(one, reason) for one, reason in reasons.values() if one.protect]
    for one, reason in protected:
        error = MecctlError(f"it would be deleted ({reason}), but is marked as protected")
        ledger.fail(one.urn, f"{one.type} {one.name}", error)
    if protected:
        return

    def delete(group: list[Resource]) -> None:
        first, *others = group
        _remove(first, reasons[first.key][1], actor, ledger)
        for one in others:
            _remove(one, reasons[one.key][1] and f"goes with {first.name}", actor, ledger, along=True)

    def fail(resource: Resource, error: MecctlError) -> None:
        ledger.fail(resource.urn, f"{resource.type} {resource.name}", error)

    in_order([one for one, _ in reasons.values()], delete, fail)


def in_order(
    resources: Iterable[Resource],
    delete: Callable[[list[Resource]], None],
    fail: Callable[[Resource, MecctlError], None],
) -> None:
    """Call `delete` for each resource once all that need it are gone; what one that failed needs is left alone.

    It gets with a resource those whose objects go along with its own (`deleted_with`).
    """
    every = {one.key: one for one in resources}
    leaders = companions(every)
    along = {key: [every[other] for other, leader in leaders.items() if leader == key] for key in leaders.values()}
    waiting = {key: one for key, one in every.items() if key not in leaders}
    needed_by = _needed_by(every, leaders)
    running: dict[Future[None], Resource] = {}
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="delete") as pool:
        while True:
            for key in [key for key in waiting if not needed_by[key]]:
                one = waiting.pop(key)
                running[pool.submit(delete, [one, *along.get(key, ())])] = one
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                gone = running.pop(future)
                try:
                    future.result()
                except MecctlError as error:
                    fail(gone, error)
                else:
                    for dependents in needed_by.values():
                        dependents.discard(gone.key)


def companions(doomed: dict[Key, Resource]) -> dict[Key, Key]:
    """Return the resources whose objects go along with another's that is deleted for certain, each with that one.

    Which is why nothing of the kind holds for an object that is kept, or was only read.
    """
    found: dict[Key, Key] = {}
    by_urn = _by_urn(doomed)
    for key, one in doomed.items():
        candidates = [other for other in by_urn.get(one.deleted_with, ()) if _takes_along(doomed[other], one)]
        if len(candidates) == 1:
            found[key] = candidates[0]
    return {key: last for key, with_ in found.items() if (last := _last(with_, found)) != key}


def _by_urn(resources: Iterable[Key]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for key in resources:
        found.setdefault(key[0], []).append(key)
    return found


def _takes_along(other: Resource, one: Resource) -> bool:
    return other.delete == one.delete and other.goes_for_certain


def _last(key: Key, found: dict[Key, Key]) -> Key:
    seen = {key}
    while (after := found.get(key)) and after not in seen:
        key = after
        seen.add(key)
    return key


def _remove(resource: Resource, reason: str | None, actor: Actor, ledger: Ledger, *, along: bool = False) -> None:
    ledger.mask.learn(sensitive(resource.type, resource.inputs))
    if reason is None or not resource.has_object:
        actor.delete(resource, along=along)
        return
    kept = ", its object stays (retain_on_delete)" if resource.retain_on_delete else ""
    with ledger.doing("delete", resource, reason + kept):
        actor.delete(resource, along=along)


def _needed_by(waiting: dict[Key, Resource], leaders: dict[Key, Key]) -> dict[Key, set[Key]]:
    """Return for each resource which of the others need it, or need what goes along with it."""
    by_urn = _by_urn(waiting)
    found: dict[Key, set[Key]] = {key: set() for key in waiting if key not in leaders}
    for key, one in waiting.items():
        for urn in one.needs():
            for other in by_urn.get(urn, ()):
                needed, needing = leaders.get(other, other), leaders.get(key, key)
                if needed != needing:
                    found[needed].add(needing)
    return found
