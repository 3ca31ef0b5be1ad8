"""One resource as state knows it, and as the checkpoint records it (pulumi/pulumi apitype ResourceV3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects.urn import name as name_of
from mecctl.engine.objects.values import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mecctl.engine.objects.values import Properties

_PLAIN = {  # field -> key in the checkpoint, kept only when it says something
    "id": "id",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "delete": "delete",
    "retain_on_delete": "retainOnDelete",
    "dependencies": "dependencies",
    "provider": "provider",
    "deleted_with": "deletedWith",
    "import_id": "importID",
    "property_dependencies": "propertyDependencies",
    "ignore_changes": "ignoreChanges",
    "init_errors": "initErrors",
    "timeouts": "customTimeouts",
    "hooks": "resourceHooks",
    "created": "created",
    "modified": "modified",
}


@dataclass(frozen=True)
class Resource:
    """A resource; `inputs` and `outputs` hold marked secrets (mecctl.engine.objects.values), encrypted in the record.

    `delete` marks one that was replaced and still has to go; `init_errors` say that it exists but isn't ready;
    `external` was only read; `deleted_with` is the URN of what takes its object along, `import_id` what it was imported
    as; `hooks` names functions of the program by moment (`BeforeCreate`, `AfterDelete`, …). Times are ISO 8601, UTC;
    `timeouts` are seconds.
    """

    urn: str
    type: str
    custom: bool
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    id: str = ""
    parent: str = ""
    provider: str = ""
    deleted_with: str = ""
    import_id: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool = False
    external: bool = False
    delete: bool = False
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    hooks: dict[str, list[str]] = field(default_factory=dict)
    timeouts: dict[str, float] = field(default_factory=dict)
    created: str = ""
    modified: str = ""

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return name_of(self.urn)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from a replaced resource with the same URN."""
        return self.urn, self.id if self.delete else ""

    @property
    def has_object(self) -> bool:
        """Whether there is a Kubernetes object that this resource stands for and that is the stack's own."""
        return self.custom and self.type.startswith("kubernetes:") and bool(self.outputs) and not self.external

    @property
    def uid(self) -> str | None:
        """The uid of its object, None when nothing of it is known."""
        metadata = reveal(self.outputs.get("metadata"))
        return metadata.get("uid") if isinstance(metadata, dict) else None

    @property
    def is_patch(self) -> bool:
        """Whether it sets some fields of an object that something else manages."""
        return self.type.rpartition(":")[2] == f"{self.inputs.get('kind')}Patch"

    @property
    def goes_for_certain(self) -> bool:
        """Whether deleting this resource deletes an object."""
        return self.has_object and not self.retain_on_delete and not self.is_patch

    def needs(self) -> Iterator[str]:
        """Yield the URNs that must stand before this one."""
        if self.parent:
            yield self.parent
        if self.provider:
            yield self.provider.rpartition("::")[0]
        if self.deleted_with:
            yield self.deleted_with
        yield from self.dependencies
        for urns in self.property_dependencies.values():
            yield from urns

    def moved(self, urn: str) -> Resource:
        """Return it under another URN."""
        return replace(self, urn=urn)

    def renamed(self, old: str, new: str) -> Resource:
        """Return it with every reference to the URN `old` turned into `new`."""
        if old not in self.needs():
            return self
        return replace(
            self,
            parent=new if self.parent == old else self.parent,
            deleted_with=new if self.deleted_with == old else self.deleted_with,
            provider=self.provider.replace(f"{old}::", f"{new}::"),
            dependencies=tuple(new if urn == old else urn for urn in self.dependencies),
            property_dependencies={
                key: [new if urn == old else urn for urn in urns] for key, urns in self.property_dependencies.items()
            },
        )

    def without(self, gone: set[str]) -> Resource:
        """Return it without dependencies on the URNs in `gone`, which are no longer in the state."""
        if gone.isdisjoint(self.needs()):
            return self
        return replace(
            self,
            parent="" if self.parent in gone else self.parent,
            deleted_with="" if self.deleted_with in gone else self.deleted_with,
            dependencies=tuple(urn for urn in self.dependencies if urn not in gone),
            property_dependencies={
                key: [urn for urn in urns if urn not in gone] for key, urns in self.property_dependencies.items()
            },
        )

    def record(self, seal: Callable[[Any], Any]) -> dict[str, Any]:
        """Return the checkpoint's record, with secrets encrypted by `seal`."""
        kept = {key: value for name, key in _PLAIN.items() if (value := getattr(self, name))}
        listed = {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}
        properties = {name: seal(value) for name in ("inputs", "outputs") if (value := getattr(self, name))}
        return {"urn": self.urn, "custom": self.custom, "type": self.type, **properties, **listed}

    @classmethod
    def from_record(cls, record: dict[str, Any], unseal: Callable[[Any], Any]) -> Resource:
        """Read a record; `unseal` decrypts."""
        kept = {name: record[key] for name, key in _PLAIN.items() if key in record}
        listed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(
            urn=record["urn"],
            type=record["type"],
            custom=record["custom"],
            inputs=unseal(record.get("inputs") or {}),
            outputs=unseal(record.get("outputs") or {}),
            **listed,
        )
