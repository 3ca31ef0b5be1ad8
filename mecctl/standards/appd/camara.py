"""An application manifest of CAMARA EdgeApplicationManagement (AppManifest); its amounts of memory are in MB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from mecctl.model.types import shown
from mecctl.standards.appd import amounts, descriptors
from mecctl.standards.appd.fields import MANIFEST
from mecctl.standards.appd.reading import FIELDS
from mecctl.standards.appd.shaping import squash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.document import Place
    from mecctl.standards.appd.reading import Reading

FORM = "a CAMARA application manifest"
KEPT = "camaraAppManifest"
_SIGNS = frozenset(map(squash, ("packageType", "appRepo", "componentSpec")))
_SIZE = re.compile(r"([0-9]+)(GB|MB)")
_UNBUILT = {"HELM": "Helm charts aren't installed here", "CSAR": "TOSCA archives aren't unpacked here"}
_SECRET = ("userName", "user", "credentials", "password", "token", "bearerToken", "secret")


def recognises(data: Mapping[str, Any]) -> bool:
    """Tell whether this is a manifest, or an object around one."""
    inner = [one for one in data.values() if isinstance(one, dict)] if len(data) == 1 else []
    return any(_SIGNS & {squash(key) for key in one} for one in (data, *inner))


def read(reading: Reading, data: Mapping[str, Any]) -> None:
    """Read the manifest; all but its names is kept as one attribute that AppDs don't have."""
    found = reading.shaping.shape(MANIFEST, data, (), ())
    if not isinstance(found, dict) or reading.shaping.problems:
        return
    reading.name = found["name"]
    rest = {key: value for key, value in found.items() if key not in {"name", "appProvider", "version"}}
    rest["appRepo"] = _without_secrets(reading, found["appRepo"])
    named = {"appName": found["name"], "appProvider": found["appProvider"], "appSoftVersion": found["version"]}
    reading.document = {**named, KEPT: rest}
    machine = found["requiredResources"]["infraKind"] == "virtualMachine" or found["packageType"] in {"QCOW2", "OVA"}
    _package(reading, found, machine=machine)
    _resources(reading, found["requiredResources"], ("requiredResources",), machine=machine)
    if (system := found.get("operatingSystem")) and (part := descriptors.pick(system, "architecture")):
        _field(reading, "architecture", part[1], ("operatingSystem", part[0]), amounts.architecture)
    for index, one in enumerate(found["componentSpec"]):
        _component(reading, one, ("componentSpec", index))


def _without_secrets(reading: Reading, repository: Mapping[str, Any]) -> dict[str, Any]:
    """Leave behind what opens the repository: an annotation is no place for it."""
    secret = {key for key in repository if squash(key) in {squash(name) for name in _SECRET}}
    for key in sorted(secret):
        reading.lacks(("appRepo", key), "is left behind: nodes log in to registries by their own configuration")
    if repository["type"] == "PRIVATEREPO" and not secret:
        reading.lacks(("appRepo", "type"), "nodes log in to registries by their own configuration")
    return {key: value for key, value in repository.items() if key not in secret}


def _package(reading: Reading, found: Mapping[str, Any], *, machine: bool) -> None:
    kind, at = found["packageType"], ("appRepo", "imagePath")
    if kind in _UNBUILT or found["requiredResources"]["infraKind"] == "dockerCompose":
        why = _UNBUILT.get(kind, "Docker Compose files aren't read here")
        reading.fault("image", ("packageType",), why, descriptors.IMAGE)
        return
    path = found["appRepo"]["imagePath"]
    whole = {"image": path, **({"diskFormat": "qcow2"} if machine else {})}
    if "checksum" in found["appRepo"]:
        reading.lacks(("appRepo", "checksum"), "checksums of images aren't checked: name the image by its digest")
    descriptors.image(reading, whole if machine else {**whole, "version": found["version"]}, at)


def _resources(reading: Reading, part: Mapping[str, Any], at: Place, *, machine: bool) -> None:
    pools = descriptors.pick(part, "applicationResources")
    pool = descriptors.pick(pools[1], "cpuPool") if pools else None
    source, place = (pool[1], (*at, pools[0], pool[0])) if pools and pool else (part, at)
    cpu, memory = descriptors.pick(source, "numCPU"), descriptors.pick(source, "memory")
    if machine and "vm" in reading.fields:
        given = {"cpus": cpu and cpu[1], "memory": memory and f"{memory[1]}M"}
        reading.take("vm", {**reading.fields["vm"], **{key: one for key, one in given.items() if one}}, place)
    elif not machine:
        _amount(reading, "cpu", cpu, place, amounts.cpus)
        _amount(reading, "memory", memory, place, lambda value: amounts.memory(value, "MB"))
    for index, one in enumerate(part.get("storage") or () if isinstance(part.get("storage"), list) else ()):
        _storage(reading, one, (*at, "storage", index))
    for key in part:
        if squash(key) in {"gpu", "topology", "addons", "version", "kubernetesversion"}:
            reading.lacks((*at, key), "isn't built here")


def _amount(reading: Reading, key: str, found: tuple[str, Any] | None, at: Place, read: Callable[[Any], str]) -> None:
    if found:
        whole = reading.fields.get("resources", {})
        _field(reading, "resources", found[1], (*at, found[0]), lambda value: {**whole, key: read(value)})


def _field(reading: Reading, key: str, value: object, at: Place, read: Callable[[Any], object]) -> None:
    try:
        reading.take(key, read(value), at)
    except PydanticCustomError as error:
        reading.lacks(at, "; ".join(amounts.said(error.context)))


def _storage(reading: Reading, one: object, at: Place) -> None:
    size, path = descriptors.pick(one, "storageSize"), descriptors.pick(one, "mountPoint")
    match = _SIZE.fullmatch(size[1]) if size and isinstance(size[1], str) else None
    if not match or not path or not isinstance(path[1], str):
        reading.lacks(at, "storage here needs a storageSize in GB or MB and a mountPoint")
        return
    name = re.sub(r"[^a-z0-9]+", "-", path[1].lower())[:40].strip("-") or "data"
    whole = {"name": name, "path": path[1], "size": f"{match[1]}{match[2][0]}"}
    if "storage" not in FIELDS or any(volume["path"] == path[1] for volume in reading.fields.get("storage", [])):
        reading.lacks(at, f"{shown(path[1])} can't be mounted twice")
        return
    reading.add("storage", whole, at)


def _component(reading: Reading, one: Mapping[str, Any], at: Place) -> None:
    for index, part in enumerate(one["networkInterfaces"]):
        spot = (*at, "networkInterfaces", index)
        for protocol in ("TCP", "UDP") if part["protocol"] == "ANY" else (part["protocol"],):
            name = descriptors.port_name(part["interfaceId"])
            descriptors.add_port(reading, part["port"], protocol, name, spot)
        if part["visibilityType"] == "VISIBILITY_EXTERNAL":
            reading.lacks((*spot, "visibilityType"), "a Service is reached inside the site only")
