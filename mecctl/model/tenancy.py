"""The roles of a slice's people, and what a role's group, its ClusterRole and its certificates are called."""

from typing import Literal, get_args

from mecctl.model.types import fault, shown

TenantRole = Literal["viewer", "deployer", "admin"]
TENANT_ROLES: tuple[TenantRole, ...] = get_args(TenantRole)
"""Each may do all that those before it may."""

SHORTEST, LONGEST = 600, 7 * 86400
"""Seconds that a tenant's certificate may last: the API takes no fewer, and nothing takes a certificate back."""
_UNITS = {"m": 60, "h": 3600, "d": 86400}


def cluster_role(role: TenantRole) -> str:
    """Return the name of the ClusterRole, and in each slice of the RoleBinding, of a role."""
    return f"mecctl-slice-{role}"


def tenant_group(namespace: str, role: TenantRole) -> str:
    """Return the Kubernetes group that has a role in a slice's namespace, for example mecctl:slice-1-0000a1:viewer."""
    return f"mecctl:{namespace}:{role}"


def parse_ttl(text: str) -> int:
    """Return seconds for a text such as `8h`. Raises PydanticCustomError for another form, and out of range."""
    number, unit = text[:-1], text[-1:]
    seconds = int(number) * _UNITS.get(unit, 0) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if not SHORTEST <= seconds <= LONGEST:
        raise fault(f"{shown(text)} can't be a certificate's time", "a number and m, h or d, from 10m to 7d")
    return seconds
