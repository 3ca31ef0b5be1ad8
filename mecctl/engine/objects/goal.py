"""What a program asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.engine.objects.values import Properties


@dataclass(frozen=True)
class Goal:
    """A resource as the program wants it; `timeouts` are seconds for `create`, `update` and `delete`.

    `provider` is a reference `<urn>::<id>`, for a component the one that its children inherit; `deleted_with` is a URN.
    """

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Properties
    parent: str = ""
    version: str = ""
    provider: str = ""
    deleted_with: str = ""
    import_id: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    secret_outputs: tuple[str, ...] = ()
    hooks: dict[str, list[str]] = field(default_factory=dict)
    timeouts: dict[str, float] = field(default_factory=dict)

    def needs(self) -> set[str]:
        """Return the URNs that have to be done before."""
        before = {self.parent, self.provider.rpartition("::")[0], self.deleted_with, *self.dependencies}
        return (before | {one for urns in self.property_dependencies.values() for one in urns}) - {""}
