"""Whether a deployment is one that Pulumi would take: the rules of its own integrity check.

See pulumi/pulumi pkg/resource/stack/snapshot/integrity.go and, for references to providers,
sdk/go/common/providers/reference.go. `latest` is what a checkpoint has under that name, `deployment` in an export.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects.urn import types
from mecctl.engine.objects.values import UNKNOWN
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDERS = "pulumi:providers:"

Record = dict[str, Any]


class IntegrityError(MecctlError):
    """A state that can't be trusted; nothing is done with it."""


def magic(version: str) -> str:
    """Return what a manifest of a `version` has to say (sdk/go/common/apitype/core.go, NewMagic)."""
    return hashlib.sha256(version.encode()).hexdigest()


def check(latest: Record, where: str) -> None:
    """Raise IntegrityError, which tells the first thing that is wrong with what was found at `where`."""
    for fault in faults(latest):
        raise IntegrityError(
            f"the state isn't sound: {fault}",
            where=where,
            fix="put back the last good one: `.bak` beside it, or one of `.pulumi/backups`",
        )


def faults(latest: Record) -> Iterator[str]:
    """Yield what is wrong, resource by resource, in time that grows with their number alone."""
    manifest = latest.get("manifest") or {}
    if manifest.get("magic") != magic(str(manifest.get("version", ""))):
        yield "it was altered: its manifest doesn't fit"
    records: list[Record] = latest.get("resources") or []
    later = {record.get("urn") for record in records}
    before: set[str] = set()
    providers: set[str] = set()
    for index, record in enumerate(records):
        yield from _shape(index, record)
        urn = record.get("urn", "")
        if str(record.get("type")).startswith(_PROVIDERS):
            # A preview couldn't know the id of a new provider.
            providers.add(f"{urn}::{record.get('id') or UNKNOWN}")
        yield from _provider(record, providers)
        for role, needed in _needs(record):
            if needed not in before:
                yield f"{urn} has the {role} {needed}, which {'comes after it' if needed in later else 'is missing'}"
        before.add(urn)
    yield from _duplicates(records)


def _shape(index: int, record: Record) -> Iterator[str]:
    urn = record.get("urn")
    if not urn:
        yield f"the resource at index {index} has no urn"
    if not record.get("type"):
        yield f"{urn} has no type"
    if not record.get("custom") and record.get("id"):
        yield f"{urn} is a component, but has an id"


def _provider(record: Record, known: set[str]) -> Iterator[str]:
    reference = record.get("provider")
    if not reference:
        return
    urn, _, id_ = reference.rpartition("::")
    if not id_ or urn.count("::") < 3 or not types(urn).rpartition("$")[2].startswith(_PROVIDERS):
        yield f"{record.get('urn')} has {reference!r} where `<urn>::<id>` of a provider belongs"
    elif reference not in known and not record.get("pendingReplacement"):
        yield f"{record.get('urn')} refers to the unknown provider {reference}"


def _needs(record: Record) -> Iterator[tuple[str, str]]:
    if parent := record.get("parent"):
        yield "parent", parent
    for urn in record.get("dependencies") or ():
        yield "dependency", urn
    for name, urns in (record.get("propertyDependencies") or {}).items():
        for urn in urns or ():
            yield f"dependency of {name}", urn
    if with_ := record.get("deletedWith"):
        yield "deletedWith", with_
    for urn in record.get("replaceWith") or ():
        yield "replaceWith", urn


def _duplicates(records: list[Record]) -> Iterator[str]:
    staying: set[str] = set()
    for record in records:
        urn = str(record.get("urn"))
        if record.get("delete"):
            continue
        if urn in staying:
            yield f"{urn} is there twice and not marked for deletion"
        staying.add(urn)
