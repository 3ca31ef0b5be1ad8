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
from cyclonedx.model.dependency import Dependency
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from mecctl import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cyclonedx.model.bom_ref import BomRef

    from mecctl.artifacts.sbom.part import Part


def document(
    site: str, parts: Iterable[Part], notes: Iterable[tuple[str, str]] = (), made: datetime | None = None
) -> str:
    """Return the document of a site; the same parts give the same text.

    Its serial number is derived from its content; `made` is its timestamp, without which it has none.
    """
    none = UUID(int=0)
    content = _written(site, {part.ref: part for part in parts}, tuple(notes), made, none)
    serial = uuid5(NAMESPACE_URL, hashlib.sha256(content.encode()).hexdigest())
    return content.replace(none.urn, serial.urn, 1) + "\n"


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
    refs = {ref: component.bom_ref for ref, component in components.items()}
    # Not by register_dependency(), which looks through all there is for each.
    bom.dependencies = [
        _dependency(root.bom_ref, (ref for name, ref in refs.items() if name not in needed)),
        *(_dependency(ref, (refs[need] for need in known[name].needs if need in refs)) for name, ref in refs.items()),
    ]
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return text


def _dependency(ref: BomRef, needs: Iterable[BomRef]) -> Dependency:
    return Dependency(ref, [Dependency(need) for need in needs])


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
