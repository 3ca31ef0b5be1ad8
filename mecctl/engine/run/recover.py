"""Takes up what a broken-off run was about to create: it is there, or it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects.objects import Object, applied_by, is_ours, to_api, to_outputs
from mecctl.engine.steps.decision import identity
from mecctl.engine.steps.patches import manager_of
from mecctl.engine.steps.work import NOT_READY
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.state import Resource, StackState


def recover(providers: Providers, state: StackState, ledger: Ledger) -> None:
    """Settle every pending creation in `state` by looking at its cluster; one that can't be asked has failed.

    That one stays pending, for its object may be there.
    """
    for pending in state.pending:
        try:
            _settle(providers.known(pending.provider), state, pending)
        except MecctlError as error:
            ledger.fail(pending.urn, f"{pending.type} {pending.name}", error)


def _settle(client: KubeClient, state: StackState, pending: Resource) -> None:
    obj = to_api(pending.inputs)
    live = _find(client, obj)
    manager = manager_of(pending)
    if live is None or not (applied_by(live, manager) if pending.is_patch else is_ours(live, obj)):
        state.forget(pending.urn)
        return
    found = replace(
        pending,
        id=identity(client, obj),
        outputs=to_outputs(live, pending.inputs, manager=manager),
        init_errors=(NOT_READY,),
        created=live["metadata"].get("creationTimestamp", ""),
    )
    state.put(*_replaced(state, found), found)


def _find(client: KubeClient, obj: Object) -> Object | None:
    metadata = obj["metadata"]
    try:
        return client.get(obj["apiVersion"], obj["kind"], metadata["name"], metadata.get("namespace"))
    except KubeError as error:
        if error.missing:
            return None
        raise


def _replaced(state: StackState, found: Resource) -> list[Resource]:
    """Return the resource that `found` was made to replace, on its way out."""
    before = state.resources.get(found.urn)
    return [replace(before, delete=True)] if before and before.id and before.id != found.id else []
