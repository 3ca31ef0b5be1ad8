"""CPU, memory and architectures as descriptors write them, to the text of a site file and back.

CPU: milli-CPU (ETSI GS NFV-IFA 011 OsContainerDesc) or whole virtual CPUs. Memory: a scalar with its unit (TOSCA
`10 MiB`), or a number of the unit that the attribute is defined in.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from mecctl.model.quantity import parse_cpu, parse_memory
from mecctl.model.types import fault, shown

_AMOUNT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) *([A-Za-z]*)")
_UNITS = {
    "kb": "k",
    "mb": "M",
    "gb": "G",
    "tb": "T",
    "kib": "Ki",
    "mib": "Mi",
    "gib": "Gi",
    "tib": "Ti",
    "ki": "Ki",
    "mi": "Mi",
    "gi": "Gi",
    "ti": "Ti",
}
_ARCHITECTURES = {
    "x8664": "amd64",
    "amd64": "amd64",
    "x64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "armv8": "arm64",
}


def milli_cpu(value: object) -> str:
    """Return milli-CPUs as CPU: 500 -> `500m`, 2000 -> `2`. Raises PydanticCustomError for no such amount."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise fault(f"{shown(value)} isn't an amount of CPU", "milli-CPUs, for example 500")
    return parse_cpu(f"{value}m")


def cpus(value: object) -> str:
    """Return virtual CPUs as CPU: 2 -> `2`, `0.5` -> `500m`. Raises PydanticCustomError for no such amount."""
    return parse_cpu(value)


def memory(value: object, unit: str | None) -> str:
    """Return an amount of memory, `unit` (`MB`, `GB`) being that of a bare number: `10 MiB` -> `10Mi`.

    Raises PydanticCustomError for no such amount, and for a bare number where no unit is defined.
    """
    text = f"{value}" if isinstance(value, int | float) and not isinstance(value, bool) else value
    match = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    named = (match[2] or unit or "").lower() if match else ""
    if not match or named not in _UNITS:
        what = "has no unit" if match and not named else "isn't an amount of memory"
        raise fault(f"{shown(value)} {what}", "a number and its unit, for example 512 MiB")
    return parse_memory(f"{Decimal(match[1]).normalize():f}{_UNITS[named]}")


def architecture(value: object) -> str:
    """Return a processor architecture as Kubernetes has it: x86_64 -> `amd64`. Raises PydanticCustomError."""
    found = _ARCHITECTURES.get(re.sub(r"[-_ ]", "", value).lower()) if isinstance(value, str) else None
    if found is None:
        raise fault(f"{shown(value)} isn't an architecture known here", "x86_64 or aarch64")
    return found


def write_cpu(text: str) -> int:
    """Return CPU as milli-CPUs: `500m` -> 500, `2` -> 2000."""
    return int(text.removesuffix("m")) if text.endswith("m") else int(Decimal(text) * 1000)


def write_memory(text: str) -> str:
    """Return memory as TOSCA scalars: `256Mi` -> `256 MiB`, `1G` -> `1 GB`."""
    number = text.rstrip("KMGTik")
    unit = text[len(number) :]
    return f"{number} {'kB' if unit == 'k' else unit + 'B'}"


def said(context: dict[str, Any] | None) -> tuple[str, str]:
    """Return what is wrong and what is allowed, of a PydanticCustomError's context."""
    found = context or {}
    return str(found.get("what")), str(found.get("allowed"))
