"""The format of a deployment: 3, or 4 with features when it says what readers of 3 would lose.

The rule is Pulumi's: pulumi/pulumi pkg/resource/stack/deployment.go, ApplyFeatures.
"""

from __future__ import annotations

from typing import Any

from mecctl.errors import MecctlError

PLAIN, FEATURED = 3, 4
_FEATURES = {  # what a record has -> the feature that its reader must know
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
    "extensionRef": "extensionParameterization",
    "snippetID": "snippets-prototype",
}
_KNOWN = {"hooks"}


def header(latest: dict[str, Any]) -> dict[str, Any]:
    """Return `{"version": 3}`, or `{"version": 4, "features": […]}`, for what a checkpoint or an export says."""
    used = {_FEATURES[key] for one in latest.get("resources") or () for key in _FEATURES.keys() & one if one[key]}
    return {"version": FEATURED, "features": sorted(used)} if used else {"version": PLAIN}


def check(document: dict[str, Any], where: str) -> None:
    """Raise MecctlError for a format, or a feature, that the embedded engine doesn't know."""
    found, said = document.get("version"), document.get("features") or []
    features = {str(one) for one in said} if isinstance(said, list) else {str(said)}
    if found == PLAIN or (found == FEATURED and features <= _KNOWN):
        return
    with_ = f" with {', '.join(sorted(features - _KNOWN))}" if features - _KNOWN else ""
    raise MecctlError(
        f"the state has the format {found}{with_}, this mecctl knows {PLAIN}",
        where=where,
        fix="use the mecctl that wrote it, or `engine: pulumi`",
    )
