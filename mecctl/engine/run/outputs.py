"""What a stack exports, as of its last run; no cluster is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine.objects import urn
from mecctl.engine.objects.values import for_caller
from mecctl.engine.state import StackState
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.objects.secrets import Keyring
    from mecctl.engine.state import Backend


def outputs(place: Backend, project: str, stack: str, keys: Keyring) -> dict[str, Any]:
    """Return the exports of a stack; a secret is a `values.Secret`. Raises MecctlError when there is no such stack."""
    resources = StackState(place, project, stack, keys).read().resources
    if not resources:
        where = place.store.where("")
        raise MecctlError(f"there is no stack {stack} of {project}", where=where, fix="mecctl stack up makes it")
    found = next((one for one in resources.values() if one.type == urn.STACK_TYPE), None)
    return for_caller(found.outputs if found else {})
