"""A site's status as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.report.text import table

SOON = 30
"""Days below which a certificate's end is told."""

if TYPE_CHECKING:
    from collections.abc import Mapping


def status_to_text(status: Mapping[str, Any]) -> str:
    """Return the JSON form of a status (docs/guide/json.md) as three tables."""
    nodes = [[one["name"], _ready(one), one["version"], one["arch"], one["reason"]] for one in status["nodes"]]
    slices = [[one["name"], _ready(one), one["snssai"], one["namespace"]] for one in status["slices"]]
    workloads = [
        [one["name"], _ready(one), one["slice"], f"{one['replicas']}/{one['wanted']}"] for one in status["workloads"]
    ]
    parts = [
        table(["NODE", "READY", "VERSION", "ARCH", ""], nodes),
        *([table(["SLICE", "READY", "S-NSSAI", "NAMESPACE"], slices)] if slices else []),
        *([table(["WORKLOAD", "READY", "SLICE", "REPLICAS"], workloads)] if workloads else []),
        *(f"note: {note}" for note in status["notes"]),
        f"kubeconfig: {status['kubeconfig']}",
        *_expiring(status),
    ]
    return "\n\n".join(parts)


def _expiring(status: Mapping[str, Any]) -> list[str]:
    days = status["certificateDays"]
    if days is None or days >= SOON:
        return []
    return [f"! its certificate expires in {days:.0f} days: mecctl site rotate {status['site']} certs"]


def _ready(one: Mapping[str, Any]) -> str:
    return "yes" if one["ready"] else "no"
