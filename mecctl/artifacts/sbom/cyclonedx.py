"""Parts as a CycloneDX 1.6 document (ECMA-424, https://cyclonedx.org/docs/1.6/json/).

The only importer of cyclonedx.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from mecctl import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mecctl.artifacts.sbom.part import Part


def document(
    site: str, parts: Iterable[Part], notes: Iterable[tuple[str, str]] = (), made: datetime | None = None
) -> str:
    """Return the document of a site; the same parts give the same text.

    Its serial number is derived from its content; `made` is its timestamp, without which it has none.
    """
    known = {part.ref: part for part in parts}
    notes = tuple(notes)
    content = _written(site, known, notes, made, UUID(int=0))
    return _written(site, known, notes, made, uuid5(NAMESPACE_URL, hashlib.sha256(content.encode()).hexdigest())) + "\n"


def _written(
    site: str, known: dict[str, Part], notes: tuple[tuple[str, str], ...], made: datetime | None, serial: UUID
) -> str:
    components = {ref: _component(part) for ref, part in sorted(known.items())}
    root = Component(name=site, type=ComponentType.PLATFORM, bom_ref=f"site/{site}")
    metadata = BomMetaData(component=root, properties=[Property(name=name, value=value) for name, value in notes])
    metadata.tools.components.add(Component(name="mecctl", version=__version__, type=ComponentType.APPLICATION))
    # The document may do without, though the library has no type for that.
    metadata.timestamp = made  # type: ignore[assignment]
    bom = Bom(components=components.values(), metadata=metadata, serial_number=serial)
    needed = {ref for part in known.values() for ref in part.needs}
    bom.register_dependency(root, [component for ref, component in components.items() if ref not in needed])
    for ref, part in known.items():
        if part.needs:
            bom.register_dependency(components[ref], [components[need] for need in part.needs if need in components])
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return text


def _component(part: Part) -> Component:
    return Component(
        name=part.name,
        type=ComponentType(part.kind),
        version=part.version,
        bom_ref=part.ref,
        purl=PackageURL.from_string(part.purl),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in part.sha256],
        properties=[Property(name=name, value=value) for name, value in part.notes],
    )
