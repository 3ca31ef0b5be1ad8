"""A slice's demands as a flat mapping, path to value, which every form is written from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mecctl.model.types import fault, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Slice

Leaf = tuple[str, ...]
"""The path of a value inside a site file's slice: ("throughput", "downlink", "maximum")."""

Leaves = dict[Leaf, Any]

_RATES = [(way, bound) for way in ("downlink", "uplink") for bound in ("guaranteed", "maximum")]
_TEXTS: dict[Leaf, str] = {
    **{("throughput", way, bound): f"{way}-{bound}" for way, bound in _RATES},
    **{("ueThroughput", way, bound): f"ue-{way}-{bound}" for way, bound in _RATES},
    **{("latency", way): f"latency-{way}" for way in ("downlink", "uplink")},
    **{("maxPacketSize", way): f"max-packet-size-{way}" for way in ("downlink", "uplink")},
    ("availability",): "availability",
    ("isolation",): "isolation",
}
_JSON: dict[Leaf, str] = {
    ("maxUEs",): "max-ues",
    ("maxPDUSessions",): "max-pdu-sessions",
    ("missionCritical", "supported"): "mission-critical",
    ("missionCritical", "capabilities"): "mission-critical-capabilities",
    ("missionCritical", "services"): "mission-critical-services",
    ("coverage",): "coverage",
    ("dataNetworkAccess",): "data-network-access",
}
LEAVES = {f"mec.io/{name}": leaf for leaf, name in {**_TEXTS, **_JSON}.items()}
"""The demand that each annotation says."""
NOTES = {leaf: note for note, leaf in LEAVES.items()}
"""The annotation of every demand that may be only noted."""


def flat(fields: Mapping[str, object], path: Leaf = ()) -> Iterator[tuple[Leaf, object]]:
    """Yield every value of nested mappings with its path; a list is a value, None and an empty list are none."""
    for key, value in fields.items():
        if isinstance(value, dict):
            yield from flat(value, (*path, key))
        elif isinstance(value, list | tuple):
            if value:
                yield (*path, key), list(value)
        elif value is not None:
            yield (*path, key), value


def to_notes(fields: Mapping[str, object]) -> dict[str, str]:
    """Return the annotations that say what some fields of a slice say."""
    return {NOTES[leaf]: value if isinstance(value, str) else json.dumps(value) for leaf, value in flat(fields)}


def from_note(note: str, text: str) -> tuple[Leaf, object] | None:
    """Return the demand an annotation says, None if it says another thing.

    Raises PydanticCustomError when its value can't be read.
    """
    leaf = LEAVES.get(note)
    if leaf is None:
        return None
    if leaf in _TEXTS:
        return leaf, text
    try:
        return leaf, json.loads(text)
    except (ValueError, RecursionError) as error:
        raise fault(f"{shown(text)} can't be read", 'JSON, for example 10, true or ["DE"]') from error


def demands(part: Slice) -> Leaves:
    """Return all that a slice asks for: by its annotations and, before them, by its own fields."""
    noted = filter(None, (from_note(note, text) for note, text in part.annotations.items()))
    asked = {"name", "pool", "quota", "annotations"}
    own = flat(part.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=asked))
    return {**dict(noted), **dict(own)}
