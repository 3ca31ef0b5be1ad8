"""The AppD in TOSCA: a node of type `tosca.nodes.mec.MecApp`, or of one derived from it (ETSI GS MEC 037 V3.2.1).

Units that run beside it are read by the types of ETSI GS NFV-SOL 001: `Vdu.OsContainer`,
`Vdu.OsContainerDeployableUnit`, `Vdu.Compute`, `Vdu.VirtualBlockStorage`, and the `SwImage` artifacts of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError
from mecctl.model.types import shown
from mecctl.standards.appd import mec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.document import Place
    from mecctl.standards.appd.reading import Reading

FORM = "a TOSCA MecApp (ETSI MEC 037)"
MEC_APP = "tosca.nodes.mec.MecApp"
OTHER = {
    "descriptor_id": "appDId",
    "descriptor_version": "appDVersion",
    "provider": "appProvider",
    "product_name": "appName",
    "software_version": "appSoftVersion",
    "product_info_name": "appInfoName",
    "product_info_description": "appDescription",
    "app_product_name": "appName",
    "app_software_version": "appSoftVersion",
    "mec_versions": "mecVersion",
}
"""What the type that a MecApp is derived from, `tosca.nodes.nfv.VNF`, calls these."""
_FIXED = ("flavour_id", "flavour_description")


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is a TOSCA service template."""
    return "tosca_definitions_version" in data or "topology_template" in data


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read the one MecApp of a service template. Raises InputError where there is none, or there are several."""
    reading.shaping.snake, reading.shaping.other = True, OTHER
    apps = list(_apps(data))
    if len(apps) != 1:
        what = f"holds {len(apps)} nodes of type {MEC_APP}" if apps else f"holds no node of type {MEC_APP}"
        raise InputError([reading.shaping.problem(apps[1][0] if apps else ("topology_template",), what, "one")])
    ((at, node),) = apps
    properties = _mapping(node, "properties")
    functions = list(_functions(properties, (*at, "properties")))
    if functions:
        allowed = "the value itself: inputs aren't filled in here"
        raise InputError(
            [reading.shaping.problem(place, f"is to be had by {name}", allowed) for place, name in functions]
        )
    whole = {
        **_defaults(data, _text(node, "type")),
        **{key: one for key, one in properties.items() if key not in _FIXED},
    }
    whole |= {key: one for key, one in _units(data).items() if one and key not in whole}
    mec.read(reading, whole, (*at, "properties"), ("appDescription", "virtualComputeDescriptor", "swImageDescriptor"))


def _apps(data: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    types = {MEC_APP, *_derived(data)}
    topology = _mapping(data, "topology_template")
    for name, node in _mapping(topology, "node_templates").items():
        if _text(node, "type") in types:
            yield ("topology_template", "node_templates", name), node
    mapped = _mapping(topology, "substitution_mappings")
    if _text(mapped, "node_type") in types and mapped.get("properties") and not _templates(topology, types):
        yield ("topology_template", "substitution_mappings"), {**mapped, "type": mapped["node_type"]}


def _templates(topology: Mapping[str, Any], types: set[str]) -> bool:
    nodes = _mapping(topology, "node_templates").values()
    return any(_text(node, "type") in types for node in nodes)


def _derived(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the file's own types that are derived from MecApp, at any remove."""
    types, found = _mapping(data, "node_types"), {MEC_APP}
    for _ in types:
        found |= {name for name, one in types.items() if _text(one, "derived_from") in found}
    yield from found


def _defaults(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what the node's own type says of properties: their default."""
    types = _mapping(data, "node_types")
    properties = _mapping(types.get(kind), "properties")
    given = {name: one["default"] for name, one in properties.items() if isinstance(one, dict) and "default" in one}
    return {name: value for name, value in given.items() if name not in _FIXED}


def _functions(value: object, at: Place) -> Iterator[tuple[Place, str]]:
    """Yield every value that a TOSCA function stands for."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.startswith("get_") and len(value) == 1:
                yield at, shown(key)
            yield from _functions(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _functions(inner, (*at, index))


def _units(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template's other nodes say of images, containers, machines and storage."""
    nodes = _mapping(_mapping(data, "topology_template"), "node_templates")
    images, containers, machines, storage = [], [], [], []
    for node in nodes.values():
        kind = _text(node, "type")
        properties = dict(_mapping(node, "properties"))
        if kind.startswith("tosca.nodes.nfv.Vdu."):
            images += list(_artifacts(node))
        if kind.endswith("Vdu.OsContainer"):
            containers.append(properties)
        elif kind.endswith("Vdu.Compute"):
            capabilities = _mapping(_mapping(node, "capabilities"), "virtual_compute")
            machines.append(dict(_mapping(capabilities, "properties")))
        elif kind.rsplit(".", 1)[-1].startswith("Virtual") and "Storage" in kind:
            storage.append(properties)
    return {
        "sw_image_descriptor": images,
        "os_container_descriptor": containers,
        "virtual_compute_descriptor": [one for one in machines if one],
        "virtual_storage_descriptor": storage,
    }


def _artifacts(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in _mapping(node, "artifacts").values():
        if _text(one, "type").endswith("SwImage"):
            yield {**_mapping(one, "properties"), **({"file": one["file"]} if "file" in one else {})}


def _mapping(parent: object, key: str) -> Mapping[str, Any]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _text(parent: object, key: str) -> str:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, str) else ""
