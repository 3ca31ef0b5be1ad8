"""Workloads as they run, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.report.text import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DIGEST = len("sha256:") + 12


def apps_to_text(apps: Iterable[Mapping[str, Any]], notes: Iterable[str]) -> str:
    """Return the JSON form of workloads (docs/guide/json.md) as a table, then the notes."""
    rows = [
        [
            one["name"],
            "yes" if one["ready"] else "no",
            one["slice"],
            one["kind"],
            f"{one['replicas']}/{one['wanted']}",
            one["image"],
            _short({pod["image"] for pod in one["pods"]}),
            one["at"],
        ]
        for one in apps
    ]
    head = ["WORKLOAD", "READY", "SLICE", "KIND", "REPLICAS", "IMAGE", "RUNS", ""]
    return "\n".join([table(head, rows) if rows else "no workload is declared", *(f"note: {note}" for note in notes)])


def status_to_text(apps: Iterable[Mapping[str, Any]], notes: Iterable[str]) -> str:
    """Return each workload with its pods, its claims, and what keeps it from being ready."""
    parts = ["\n".join(_lines(one)) for one in apps]
    return "\n\n".join([*parts, *(f"note: {note}" for note in notes)]) or "no workload is declared"


def _lines(one: Mapping[str, Any]) -> Iterable[str]:
    state = "is ready" if one["ready"] else "is NOT ready"
    yield f"{one['name']} of slice {one['slice']} {state}: {one['replicas']} of {one['wanted']}, {one['image']}" + (
        f", {one['at']}" if one["at"] else ""
    )
    if one["pods"]:
        head = ["  POD", "READY", "NODE", "ADDRESS", "RESTARTS", "RUNS", ""]
        yield table(head, [_pod(pod) for pod in one["pods"]])
    if one["claims"]:
        rows = [[f"  {claim['name']}", claim["phase"], claim["size"], claim["class"]] for claim in one["claims"]]
        yield table(["  CLAIM", "PHASE", "SIZE", "CLASS"], rows)
    yield from (f"  {line}" for line in one["trouble"])


def _pod(pod: Mapping[str, Any]) -> list[str]:
    ready, image = "yes" if pod["ready"] else "no", _short({pod["image"]})
    return [f"  {pod['name']}", ready, pod["node"], pod["address"], str(pod["restarts"]), image, pod["reason"]]


def _short(digests: set[str]) -> str:
    return ", ".join(sorted(digest[:_DIGEST] for digest in digests if digest))
