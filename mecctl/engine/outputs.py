"""What a stack exports, as of its last run; no cluster is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine import urn
from mecctl.engine.secrets import Crypter
from mecctl.engine.state import StackState
from mecctl.engine.values import for_caller
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from pathlib import Path


def outputs(place: Path, project: str, stack: str, passphrase: str) -> dict[str, Any]:
    """Return the exports of a stack in the state at `place`; a secret is a `values.Secret`.

    Raises MecctlError when there is no such stack there.
    """

    def crypter(salt: str | None) -> Crypter:
        return Crypter.resume(passphrase, salt) if salt else Crypter.fresh(passphrase)

    resources = StackState(place, project, stack, crypter).read().resources
    if not resources:
        raise MecctlError(f"there is no stack {stack} of {project}", where=str(place), fix="mecctl stack up makes it")
    found = next((one for one in resources.values() if one.type == urn.STACK_TYPE), None)
    return for_caller(found.outputs if found else {})
