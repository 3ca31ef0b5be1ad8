"""The AppD of ETSI GS MEC 010-2 itself, in JSON or YAML: V2.1.1, and the attributes that V3.2.1 added."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mecctl.standards.appd import demands, descriptors
from mecctl.standards.appd.fields import APPD, DESCRIPTORS
from mecctl.standards.appd.shaping import squash

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mecctl.document import Place
    from mecctl.standards.appd.reading import Reading

FORM = "an ETSI MEC 010-2 AppD"
V3 = ("osContainerDescriptor", "mciopId", "mcioIdentificationData", "userContextTransferCapability", "appNetworkPolicy")
_SIGNS = frozenset(map(squash, ("appDId", "appName", "appDVersion", "appSoftVersion", "mecVersion", *DESCRIPTORS)))


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is an AppD, or an object around one."""
    return _signs(data) or (len(data) == 1 and all(isinstance(one, dict) and _signs(one) for one in data.values()))


def read(reading: Reading, data: Mapping[str, Any], at: Place = (), without: Collection[str] = ()) -> None:
    """Read the AppD that stands at `at`; `without` are attributes that its form may leave out."""
    keys = {squash(key) for key in data} | {
        squash(key) for one in data.values() if len(data) == 1 for key in _keys(one)
    }
    contained = {squash("osContainerDescriptor"), squash("mciopId")} & keys
    spared = {*without, *(DESCRIPTORS if contained else ())}
    kind = replace(APPD, required=tuple(name for name in APPD.required if name not in spared))
    found = reading.shaping.shape(kind, data, (), at)
    if not isinstance(found, dict) or reading.shaping.problems:
        return
    reading.document = found
    reading.name = found["appName"]
    if any(name in found for name in V3):
        reading.form = f"{reading.form} with attributes of V3" if reading.form == FORM else reading.form
    interpret(reading, found)


def interpret(reading: Reading, document: Mapping[str, Any]) -> None:
    """Take a workload's fields out of an AppD whose names and lists are right."""
    descriptors.read(reading, document)
    demands.read(reading, document)


def _signs(data: Mapping[str, Any]) -> bool:
    return bool(_SIGNS & {squash(key) for key in data})


def _keys(value: object) -> Collection[str]:
    return value if isinstance(value, dict) else ()
