"""Deletes resources in reverse order of dependency, side by side where nothing stands between them."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from mecctl.engine.access import sensitive
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.engine.actor import Actor
    from mecctl.engine.ledger import Ledger
    from mecctl.engine.state import Resource

Key = tuple[str, str]
_PARALLEL = 16


def remove_all(doomed: Iterable[tuple[Resource, str | None]], actor: Actor, ledger: Ledger) -> None:
    """Delete resources by `actor`, each with the reason to tell (None: not worth telling).

    What failed is in the ledger, and what it depends on stays too.
    """
    reasons = {one.key: (one, reason) for one, reason in doomed}

    def delete(resource: Resource) -> None:
        _remove(resource, reasons[resource.key][1], actor, ledger)

    def fail(resource: Resource, error: MecctlError) -> None:
        ledger.fail(resource.urn, f"{resource.type} {resource.name}", error)

    in_order([one for one, _ in reasons.values()], delete, fail)


def in_order(
    resources: Iterable[Resource],
    delete: Callable[[Resource], None],
    fail: Callable[[Resource, MecctlError], None],
) -> None:
    """Call `delete` for each resource once all that need it are gone; what one that failed needs is left alone."""
    waiting = {one.key: one for one in resources}
    needed_by = _needed_by(waiting)
    running: dict[Future[None], Resource] = {}
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="delete") as pool:
        while True:
            for key in [key for key in waiting if not needed_by[key]]:
                one = waiting.pop(key)
                running[pool.submit(delete, one)] = one
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


def _remove(resource: Resource, reason: str | None, actor: Actor, ledger: Ledger) -> None:
    ledger.mask.learn(sensitive(resource.type, resource.inputs))
    if resource.protect:
        raise MecctlError(f"it would be deleted ({reason}), but is marked as protected")
    if reason is None or not resource.has_object:
        actor.delete(resource)
        return
    with ledger.doing("delete", resource, reason):
        actor.delete(resource)


def _needed_by(waiting: dict[Key, Resource]) -> dict[Key, set[Key]]:
    """Return for each resource which of the others need it."""
    by_urn: dict[str, list[Key]] = {}
    for key in waiting:
        by_urn.setdefault(key[0], []).append(key)
    found: dict[Key, set[Key]] = {key: set() for key in waiting}
    for key, one in waiting.items():
        for urn in one.needs():
            for other in by_urn.get(urn, ()):
                if other != key:
                    found[other].add(key)
    return found
