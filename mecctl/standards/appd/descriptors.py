"""What runs, and what it is given: descriptors of images, containers, machines, storage and connection points.

MEC 010-2 leaves their form to NFV (V2.1.1 has a text in their place), so they are read by the names that ETSI GS
NFV-IFA 011 and SOL001 have for their parts, in either spelling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from mecctl.model.types import Image, PortName, shown
from mecctl.standards.appd import amounts
from mecctl.standards.appd.shaping import squash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mecctl.document import Place
    from mecctl.standards.appd.reading import Reading

IMAGE = "write image: with its tag or digest beside appd:, or give --image"
_IMAGES = TypeAdapter(Image)
_PORT_NAMES = TypeAdapter(PortName)
_DISKS = ("qcow2", "raw", "img", "vmdk", "vdi", "vhd", "vhdx", "iso", "ova", "ami")
_DISK_FORMATS = {*_DISKS, "aki", "ari"}
_LOCATIONS = ("swImage", "image", "imageUri", "imagePath", "uri", "url", "file", "artifact", "location")
_PORTS = range(1, 65536)


def pick(value: object, *names: str) -> tuple[str, Any] | None:
    """Return the key and value of the first of `names` that an object has, in any spelling."""
    if not isinstance(value, dict):
        return None
    keys = {squash(key): key for key in value}
    found = next((keys[squash(name)] for name in names if squash(name) in keys), None)
    return None if found is None or value[found] is None else (found, value[found])


def read(reading: Reading, document: Mapping[str, Any]) -> None:
    """Read every descriptor of an AppD."""
    containers = document.get("osContainerDescriptor", [])
    if len(containers) > 1:
        what = f"describes {len(containers)} containers, and a workload runs one"
        reading.fault("image", ("osContainerDescriptor",), what, "an AppD, or a workload with image:, for each")
    machine = _image(reading, document, containers)
    for index, one in enumerate(containers):
        if index == 0 and not machine:
            _container(reading, one, ("osContainerDescriptor", 0))
    if "virtualComputeDescriptor" in document:
        _compute(reading, document["virtualComputeDescriptor"], ("virtualComputeDescriptor",), machine=machine)
    for index, one in enumerate(document.get("virtualStorageDescriptor", [])):
        if isinstance(one, dict):
            why = "storage here needs the folder where the program finds it: write storage: beside appd:"
            reading.lacks(("virtualStorageDescriptor", index), why)
    for index, one in enumerate(document.get("appExtCpd", [])):
        _connection(reading, one, ("appExtCpd", index))


def _image(reading: Reading, document: Mapping[str, Any], containers: list[Any]) -> bool:
    """Read the image; tell whether it is a machine's."""
    value, at = document.get("swImageDescriptor"), ("swImageDescriptor",)
    if value is None and containers and (inner := pick(containers[0], "swImageDesc", "swImageDescriptor", "image")):
        value, at = inner[1], ("osContainerDescriptor", 0, inner[0])  # type: ignore[assignment]
    if value is None:
        why = "is a Helm chart, and charts aren't installed here" if "mciopId" in document else "names no image"
        reading.fault("image", ("mciopId",) if "mciopId" in document else (), why, IMAGE)
        return False
    if isinstance(value, list) and len(value) != 1:
        what = f"describes {len(value)} images, and a workload runs one" if value else "describes no image"
        reading.fault("image", at, what, IMAGE)
        return False
    if isinstance(value, list):
        value, at = value[0], (*at, 0)  # type: ignore[assignment]
    return image(reading, value, at)


def image(reading: Reading, value: object, at: Place) -> bool:
    """Read one image, a text or a SwImageDesc; tell whether it is a machine's."""
    candidates = list(_candidates(value))
    disk = pick(value, "diskFormat")
    kind = str(disk[1]).lower() if disk else ""
    location = candidates[0] if candidates else ""
    if kind in _DISK_FORMATS or location.lower().split("?")[0].endswith(tuple(f".{one}" for one in _DISKS)):
        _machine(reading, location, at)
        return True
    for field, why in (("checksum", "checksums of image files aren't checked: name the image by its digest"),):
        if found := pick(value, field):
            reading.lacks((*at, found[0]), why)
    usable = next((one for one in candidates if _valid(_IMAGES, one)), None)
    if usable is None:
        named = shown(location) if location else "this"
        reading.fault("image", at, f"{named} isn't a container image with its version", IMAGE)
    else:
        reading.take("image", usable, at)
    return False


def _candidates(value: object) -> list[str]:
    """Return what may name the image, the likeliest first."""
    if isinstance(value, str):
        return [value.removeprefix("docker://")]
    found = pick(value, *_LOCATIONS)
    named, version = pick(value, "name"), pick(value, "version")
    texts = [found[1].removeprefix("docker://")] if found and isinstance(found[1], str) else []
    if version and isinstance(version[1], str):
        texts += [f"{text}:{version[1]}" for text in texts]
        texts += [f"{named[1]}:{version[1]}"] if named and isinstance(named[1], str) else []
    return texts + ([named[1]] if named and isinstance(named[1], str) else [])


def _machine(reading: Reading, disk: str, at: Place) -> None:
    if not _valid(_IMAGES, disk):
        what = f"{shown(disk)} isn't a container image, from which the disk of a virtual machine comes here"
        reading.fault("image", at, what, "write vm: {disk: …} beside appd:")
    else:
        reading.take("vm", {"disk": disk}, at)


def _container(reading: Reading, one: object, at: Place) -> None:
    """Read an OsContainerDesc; here a container's request is its limit too."""
    parts = (
        ("cpu", amounts.milli_cpu, ("requestedCpuResources", "cpuResourceLimit")),
        ("memory", _with_unit, ("requestedMemoryResources", "memoryResourceLimit")),
    )
    read = {"osContainerDescId", "description", "swImageDesc", "swImageDescriptor", "image", "name"}
    for key, convert, names in parts:
        given = [found for name in names if (found := pick(one, name))]
        read |= set(names)
        for index, (name, value) in enumerate(given):
            if index == 0:
                _resource(reading, key, value, (*at, name), convert)
            elif value != given[0][1]:
                reading.lacks((*at, name), f"request and limit are one here: {given[0][0]} is both")
    for key in one if isinstance(one, dict) else ():
        if squash(key) not in {squash(name) for name in read}:
            reading.lacks((*at, key), "isn't built for containers here")


def _with_unit(value: object) -> str:
    return amounts.memory(value, None)


def _resource(reading: Reading, key: str, value: object, at: Place, convert: Callable[[Any], str]) -> None:
    try:
        found = convert(value)
    except PydanticCustomError as error:
        reading.lacks(at, "; ".join(amounts.said(error.context)))
        return
    reading.take("resources", {**reading.fields.get("resources", {}), key: found}, at)


def _compute(reading: Reading, value: object, at: Place, *, machine: bool) -> None:
    """Read a VirtualComputeDesc; a text is only the name of one, and says nothing more."""
    if isinstance(value, list) and len(value) == 1:
        value, at = value[0], (*at, 0)
    if not isinstance(value, dict):
        if isinstance(value, list):
            reading.lacks(at, f"{len(value)} of these have no place in one workload")
        return
    cpu, memory = pick(value, "virtualCpu"), pick(value, "virtualMemory")
    if cpu:
        _amount(reading, cpu[1], (*at, cpu[0]), "cpu", machine=machine)
        _architecture(reading, cpu[1], (*at, cpu[0]))
    if memory:
        _amount(reading, memory[1], (*at, memory[0]), "memory", machine=machine)
    known = {"virtualcpu", "virtualmemory", "virtualcomputedescid", "id", "name"}
    for key in value:
        if squash(key) not in known:
            reading.lacks((*at, key), "isn't built: a pod gets CPU and memory of its node")


def _amount(reading: Reading, part: object, at: Place, key: str, *, machine: bool) -> None:
    found = pick(part, "numVirtualCpu") if key == "cpu" else pick(part, "virtualMemSize", "size")
    name, value = found or ("", part)
    place = (*at, name) if name else at
    convert: Callable[[Any], str] = amounts.cpus if key == "cpu" else lambda one: amounts.memory(one, "GB")
    if not machine:
        if key not in reading.fields.get("resources", {}):
            _resource(reading, key, value, place, convert)
    elif "vm" in reading.fields:
        try:
            amount = int(convert(value)) if key == "cpu" else convert(value)
        except (PydanticCustomError, ValueError):
            reading.lacks(place, f"{shown(value)} isn't an amount a machine can have")
            return
        reading.take("vm", {**reading.fields["vm"], "cpus" if key == "cpu" else "memory": amount}, place)
    for other in part if isinstance(part, dict) else ():
        if other != name and squash(other) != squash("cpuArchitecture"):
            reading.lacks((*at, other), "isn't built: a pod gets CPU and memory of its node")


def _architecture(reading: Reading, part: object, at: Place) -> None:
    if found := pick(part, "cpuArchitecture"):
        try:
            reading.take("architecture", amounts.architecture(found[1]), (*at, found[0]))
        except PydanticCustomError as error:
            reading.lacks((*at, found[0]), "; ".join(amounts.said(error.context)))


def _connection(reading: Reading, one: object, at: Place) -> None:
    """Take the ports of a VnfExtCpd: `additionalServiceData[].portData[]` (IFA 011)."""
    services = pick(one, "additionalServiceData")
    for index, service in enumerate(_listed(services[1]) if services else ()):
        data = pick(service, "portData")
        place = (*at, services[0], index) if services else at
        for number, port in enumerate(_listed(data[1]) if data else ()):
            spot = (*place, data[0], number) if data else place
            number_ = pick(port, "port")
            protocol, name = pick(port, "protocol"), pick(port, "name")
            add_port(reading, number_ and number_[1], str(protocol[1]) if protocol else "TCP", name and name[1], spot)


def add_port(reading: Reading, number: object, protocol: str, name: object, at: Place) -> None:
    """Add a port to the workload; one that can't be read is told. `name` is kept where Kubernetes takes it."""
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number[:6])
    if isinstance(number, bool) or not isinstance(number, int) or number not in _PORTS:
        reading.lacks(at, f"{shown(number)} isn't a port: from 1 to 65535")
        return
    upper = protocol.upper()
    if upper not in {"TCP", "UDP", "SCTP"}:
        reading.lacks(at, f"{shown(protocol)} isn't a protocol that Services have: TCP, UDP or SCTP")
        return
    if any(_same(port, number, upper) for port in reading.fields.get("ports", [])):
        return
    named = _valid(_PORT_NAMES, name) and name not in [_port_name(one) for one in reading.fields.get("ports", [])]
    whole: dict[str, Any] = {"port": number, **({"name": name} if named else {})}
    whole |= {} if upper == "TCP" else {"protocol": upper}
    reading.add("ports", number if len(whole) == 1 else whole, at)


def _same(port: object, number: int, protocol: str) -> bool:
    one = port if isinstance(port, dict) else {"port": port}
    return bool(one["port"] == number and one.get("protocol", "TCP") == protocol)


def _port_name(port: object) -> object:
    return port.get("name") if isinstance(port, dict) else None


def _valid(adapter: TypeAdapter[str], value: object) -> bool:
    try:
        adapter.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def port_name(text: str) -> str | None:
    """Make a port's name of any text, None where nothing is left of it."""
    made = re.sub(r"[^a-z0-9]+", "-", text.lower())[:15].strip("-")
    return made if _valid(_PORT_NAMES, made) else None
