"""What `slice probe` measured, as a table and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mecctl.report.text import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mecctl.plan.check import Check
    from mecctl.plan.series import Series


def probe_to_text(site: str, checks: Sequence[Check]) -> str:
    """Return a row for each promise, then which slices' are broken, or that all hold."""
    if not checks:
        return f"{site}: there are no slices, so there is nothing to probe"
    rows = [
        [one.kind, one.slice or "", one.peer or "", _with_unit(one.declared, one.unit), _measured(one), _verdict(one)]
        for one in checks
    ]
    head = ["KIND", "SLICE", "PEER", "DECLARED", "MEASURED", "VERDICT"]
    return f"{table(head, rows)}\n\n{_sum(site, checks)}"


def probe_to_json(site: str, checks: Sequence[Check], series: Iterable[Series]) -> dict[str, Any]:
    """Return `{site, ok, checks, series}`."""
    return {
        "site": site,
        "ok": all(check.ok for check in checks),
        "checks": [asdict(check) for check in checks],
        "series": [{**asdict(one), "rates": [round(rate) for rate in one.rates], "unit": "bps"} for one in series],
    }


def _sum(site: str, checks: Sequence[Check]) -> str:
    broken = [check for check in checks if not check.ok]
    if not broken:
        return f"{site}: all {len(checks)} promises hold"
    slices = ", ".join(dict.fromkeys(check.slice or "" for check in broken))
    return f"✗ {site}: {len(broken)} of {len(checks)} promises are broken, of {slices}"


def _measured(check: Check) -> str:
    """Return a figure with its unit; words have none."""
    return _with_unit(check.measured, check.unit) if check.measured[:1].isdigit() else check.measured


def _with_unit(figure: str, unit: str) -> str:
    return f"{figure} {unit}".strip() if figure else ""


def _verdict(check: Check) -> str:
    return "holds" if check.ok else "BROKEN"
