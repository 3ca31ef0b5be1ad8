"""References to other stacks: what a program gets is what the other stack exported, from the same state folder.

As Pulumi's own provider does it (pulumi/pulumi pkg/resource/deploy/builtins.go, readStackReference).
"""

from __future__ import annotations

from collections.abc import Callable

from mecctl.engine.objects.values import Properties, Value, has_secret, is_reference, reveal
from mecctl.errors import MecctlError

TYPE = "pulumi:pulumi:StackReference"

Exports = Callable[[str, str], Properties | None]
"""Returns what the stack (project, stack) exported, None when it was never brought up or is destroyed."""


def refer(name: str, project: str, exports: Exports) -> Properties:
    """Return the outputs of the StackReference to `name`: `stack`, `project/stack` or `organization/project/stack`.

    A stack alone is one of the same `project`. Raises MecctlError when there is no such stack.
    """
    *organization, other, stack = (project, name) if "/" not in name else name.split("/")
    if organization not in ([], ["organization"]):
        raise MecctlError(
            f"the program refers to the stack {name!r}, which is of another organization",
            why="stacks in a state folder belong to the organization called `organization`",
            fix=f"write organization/{other}/{stack}",
        )
    found = exports(other, stack)
    if found is None:
        raise MecctlError(
            f"the stack {other}/{stack} that the program refers to is not there",
            why="it was never brought up with this state folder, or it was destroyed",
            fix=f"bring up {other}/{stack} first, or mend the name",
        )
    outputs = {key: _plain(value) for key, value in found.items()}
    secret = sorted(key for key, value in outputs.items() if has_secret(value))
    return {"name": name, "outputs": outputs, "secretOutputNames": secret}


def _plain(value: Value) -> Value:
    """Return a value without references to resources, which the program's own stack doesn't have: their ids instead."""
    if is_reference(value):
        return reveal(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
