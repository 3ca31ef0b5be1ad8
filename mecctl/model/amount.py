"""Amounts of CPU and memory as numbers, and what a container of a slice has that doesn't say what it needs."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from mecctl.model.quantity import parse_cpu, size
from mecctl.model.slice import Quota, Slice
from mecctl.model.workload import Workload

DEFAULT_REQUEST = {"cpu": "50m", "memory": "64Mi"}
"""What is reserved for such a container."""
DEFAULT_LIMIT = {"cpu": "500m", "memory": "256Mi"}
"""The most that such a container may use."""


def written(name: str, amount: Decimal, rounding: str = ROUND_CEILING) -> str:
    """Write an amount of `cpu` or `memory` for people: `2500m`, `1.5Gi`."""
    if name == "cpu":
        return parse_cpu(f"{amount:f}")
    unit = next((unit for unit in ("Ti", "Gi", "Mi", "Ki") if amount >= size(f"1{unit}")), "")
    return f"{(amount / size(f'1{unit}')).quantize(Decimal('0.1'), rounding).normalize():f}{unit}"


def amounts(quota: Quota | None) -> dict[str, str]:
    """Return the CPU and memory of a quota that sets them."""
    both = {"cpu": quota.cpu, "memory": quota.memory} if quota else {}
    return {name: amount for name, amount in both.items() if amount}


def request(work: Workload, part: Slice, name: str) -> Decimal:
    """Return the CPU (cores) or memory (bytes) that one replica has reserved: its own, else its slice's default."""
    own = getattr(work.resources, name) if work.resources else None
    if own:
        return size(own)
    if part.quota is None and part.isolation == "none":
        return Decimal(0)
    wanted = DEFAULT_LIMIT if part.isolation == "virtual-resource" else DEFAULT_REQUEST
    return size(within(wanted, part.quota)[name])


def within(wanted: Mapping[str, str], quota: Quota | None) -> dict[str, str]:
    """Return the amounts, each lowered to the quota's where that is less."""
    most = amounts(quota)
    return {name: min(amount, most.get(name, amount), key=size) for name, amount in wanted.items()}
