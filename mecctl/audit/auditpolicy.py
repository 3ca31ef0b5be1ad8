"""What an audit policy logs of a request: the first rule that matches says (audit.k8s.io/v1 Policy)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("None", "Metadata", "Request", "RequestResponse")


@dataclass(frozen=True)
class Request:
    """A request by somebody who is logged in; `resource` may have a subresource, as in `pods/exec`."""

    verb: str
    group: str
    resource: str
    user: str = "somebody"
    user_groups: frozenset[str] = frozenset({"system:authenticated"})


def level(policy: Mapping[str, Any], request: Request) -> str:
    """Return the level at which a request is logged; `None` where no rule has it."""
    return next((rule["level"] for rule in policy.get("rules") or () if _matches(rule, request)), "None")


def _matches(rule: Mapping[str, Any], request: Request) -> bool:
    wanted = (
        (rule.get("verbs"), {request.verb}),
        (rule.get("users"), {request.user}),
        (rule.get("userGroups"), request.user_groups),
    )
    if any(only and not set(only) & has for only, has in wanted):
        return False
    if rule.get("nonResourceURLs") or rule.get("namespaces"):
        return False  # such a rule has some of these requests at the most
    kinds = rule.get("resources")
    return not kinds or any(_covers(kind, request) for kind in kinds)


def _covers(kind: Mapping[str, Any], request: Request) -> bool:
    names = kind.get("resources") or ()
    if kind.get("group", "") != request.group or kind.get("resourceNames"):
        return False
    whole, _, part = request.resource.partition("/")
    return not names or any(
        name in {request.resource, "*"} or (part and name in {f"{whole}/*", f"*/{part}"}) for name in names
    )
