"""Workloads that come from AppDs and go to them, as YAML, text and JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mecctl.report.slice import listed, to_yaml

if TYPE_CHECKING:
    from mecctl.sitefile.appdimport import Imported
    from mecctl.standards.appd import Written


def import_to_yaml(found: Imported) -> str:
    """Return `workloads:` with one item, and `policies:` where there are any."""
    return to_yaml({"workloads": [found.workload], **({"policies": list(found.policies)} if found.policies else {})})


def import_to_text(found: Imported) -> str:
    """Return what became of each part of an AppD, as lists with a head."""
    lists = (
        ("read otherwise than it is written", map(str, found.deviations)),
        ("mapped", (f"{field} ← {attribute}" for field, attribute in found.mapped)),
        ("carried as annotation", (f"{attribute} → {note}" for attribute, note in found.carried)),
        ("can't be honoured", map(str, found.unmet)),
    )
    return "\n".join([f"{found.file} is {found.form}", *(line for one in lists for line in listed(*one))])


def import_to_json(found: Imported) -> dict[str, Any]:
    """Return `{file, form, ok, workload, policies, mapped, carried, unmet, deviations}`."""
    return {
        "file": found.file,
        "form": found.form,
        "ok": True,
        "workload": found.workload,
        "policies": list(found.policies),
        "mapped": [{"field": field, "attribute": attribute} for field, attribute in found.mapped],
        "carried": [{"attribute": attribute, "annotation": note} for attribute, note in found.carried],
        "unmet": [asdict(problem) for problem in found.unmet],
        "deviations": [asdict(problem) for problem in found.deviations],
    }


def export_to_text(written: Written) -> str:
    """Return what isn't in an AppD, and what in it nobody gave."""
    lists = (
        ("an AppD has no place for", (f"{field}: {value}" for field, value in written.left_out.items())),
        ("made up, because it is mandatory", written.filled),
        ("left out, because the workload says otherwise now", written.stale),
    )
    return "\n".join(line for one in lists for line in listed(*one))
