"""A workload as an AppD of MEC 010-2 V2.1.1, with V3's container descriptor for what V2.1.1 has no place for."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from mecctl.model.quantity import parse_duration
from mecctl.standards.appd import amounts
from mecctl.standards.appd.fields import APPD, TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTE = "mec.io/appd-"
OTHER = f"{NOTE}other"
"""The annotation of all attributes that MEC 010-2 doesn't know, by their name."""
_SPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562: names that are DNS names
_NO_VERSION = "1.0.0"


def generate(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an AppD that say what these fields of a workload say, and no others."""
    found: dict[str, Any] = {"appName": fields["name"]} if "name" in fields else {}
    if "image" in fields:
        found["swImageDescriptor"] = fields["image"]
    if resources := fields.get("resources"):
        found["osContainerDescriptor"] = [_container(resources)]
    if ports := fields.get("ports"):
        data = [_port(one) for one in ports]
        about = {"cpdId": "service", "layerProtocols": ["IPV4"]}
        found["appExtCpd"] = [{"inherited_attributes": about, "additionalServiceData": [{"portData": data}]}]
    found |= _asked(fields)
    if architecture := fields.get("architecture"):
        written = {"amd64": "x86_64", "arm64": "aarch64"}.get(architecture, architecture)
        found["virtualComputeDescriptor"] = {"virtualCpu": {"cpuArchitecture": written}}
    if machine := fields.get("vm"):
        found |= _machine(machine)
    return found


def no_place(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by its path, what of a workload's fields an AppD has no place for."""
    kept = {"name", "image", "resources", "ports", "requires", "provides", "maximumLatency", "architecture"}
    found = {key: value for key, value in fields.items() if key not in {*kept, "annotations", "vm"}}
    for index, port in enumerate(fields.get("ports", [])):
        if isinstance(port, dict) and "targetPort" in port:
            found[f"ports[{index}].targetPort"] = port["targetPort"]
    machine = fields.get("vm") or {}
    return found | {f"vm.{key}": value for key, value in machine.items() if key not in {"disk", "cpus", "memory"}}


def note(attribute: str, value: object) -> str:
    """Return the text that keeps an attribute's value: as it is where it can only be text, else JSON."""
    return str(value) if APPD.fields.get(attribute) is TEXT else json.dumps(value, ensure_ascii=False)


def noted(annotations: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes that a workload's annotations keep; what can't be read any more is none of them."""
    found: dict[str, Any] = {}
    for key, text in annotations.items():
        name = key.removeprefix(NOTE)
        if key == OTHER:
            other = _json(text)
            found |= other if isinstance(other, dict) else {}
        elif name in APPD.fields:
            found[name] = text if APPD.fields[name] is TEXT else _json(text)
    return {name: value for name, value in found.items() if value is not None}


def fill(document: dict[str, Any], site: str) -> list[str]:
    """Give an AppD the mandatory attributes that it lacks; return which these are."""
    name = document["appName"]
    image = document.get("swImageDescriptor", "")
    tag = image.rsplit(":", 1)[-1] if isinstance(image, str) and "@" not in image else ""
    made = {
        "appDId": str(uuid.uuid5(_SPACE, f"{name}.{site}")),
        "appProvider": site,
        "appSoftVersion": tag or "1.0",
        "appDVersion": "1.0",
        "mecVersion": ["2.1.1"],
        "appDescription": f"{name} as it runs on {site}",
        "virtualComputeDescriptor": "any",
        "swImageDescriptor": name,
    }
    lacking = [key for key in APPD.required if key not in document]
    document |= {key: made[key] for key in lacking}
    return lacking


def ordered(document: Mapping[str, Any]) -> dict[str, Any]:
    """Order an AppD's attributes: the mandatory ones first, as the standard's table has them."""
    first = [*APPD.required, *APPD.fields]
    return {key: document[key] for key in dict.fromkeys(first) if key in document} | dict(document)


def _json(text: str) -> Any:  # noqa: ANN401 - what JSON holds
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _asked(fields: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if required := fields.get("requires"):
        found["appServiceRequired"] = [{"serName": name, "version": _NO_VERSION} for name in required]
    if provided := fields.get("provides"):
        found["appServiceProduced"] = [_service(one) for one in provided]
    if latency := fields.get("maximumLatency"):
        found["appLatency"] = {"maxLatency": parse_duration(latency)}
    return found


def _container(resources: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"osContainerDescId": "container"}
    if cpu := resources.get("cpu"):
        found |= {"requestedCpuResources": amounts.write_cpu(cpu), "cpuResourceLimit": amounts.write_cpu(cpu)}
    if memory := resources.get("memory"):
        written = amounts.write_memory(memory)
        found |= {"requestedMemoryResources": written, "memoryResourceLimit": written}
    return found


def _port(port: Any) -> dict[str, Any]:  # noqa: ANN401 - a number or a mapping
    whole = port if isinstance(port, dict) else {"port": port}
    named = {"name": whole["name"]} if "name" in whole else {}
    return {**named, "protocol": whole.get("protocol", "TCP"), "port": whole["port"], "portConfigurable": False}


def _service(one: Mapping[str, Any]) -> dict[str, Any]:
    version = one.get("version", _NO_VERSION)
    category = {"serCategory": {"name": one["category"]}} if one.get("category") else {}
    return {"serName": one["name"], "version": version, **category}


def _machine(machine: Mapping[str, Any]) -> dict[str, Any]:
    compute: dict[str, Any] = {}
    if cpus := machine.get("cpus"):
        compute["virtualCpu"] = {"numVirtualCpu": cpus}
    if memory := machine.get("memory"):
        compute["virtualMemory"] = {"virtualMemSize": amounts.write_memory(memory)}
    image = {"swImage": machine["disk"], "diskFormat": "qcow2"}
    return {"swImageDescriptor": image, **({"virtualComputeDescriptor": compute} if compute else {})}
