"""What a run of a program did, or in a preview would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mecctl.engine.objects.fields import FieldDiff

ResourceAction = Literal["create", "update", "replace", "delete", "import"]


@dataclass(frozen=True)
class ResourceChange:
    """A change of one Kubernetes object, for example create `kubernetes:core/v1:Namespace` `slice`, `is new`.

    `name` is the name in the program; `object` is the object's own, with its namespace (`default/web`); `diff` are the
    fields that it sets.
    """

    urn: str
    type: str
    name: str
    action: ResourceAction
    reason: str
    object: str = ""
    diff: tuple[FieldDiff, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Outcome:
    """Changes in the order of the program, deletes last; `outputs` are the stack's exports.

    In `outputs` a secret is an `engine.values.Secret`; a preview leaves out what only `up` can know.
    """

    changes: tuple[ResourceChange, ...] = ()
    outputs: dict[str, Any] = field(default_factory=dict)
