"""An AppD as a workload and policies for site.yaml, what of it stays behind, and a workload as an AppD."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mecctl.document import read_text, show
from mecctl.errors import InputError, Problem
from mecctl.model import Workload
from mecctl.model.types import shown
from mecctl.standards import appd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mecctl.model import Site
    from mecctl.standards.appd import Reading, Written

_NAME = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"


@dataclass(frozen=True)
class Imported:
    """A workload and policies as site.yaml has them, and where each part of the AppD went.

    `mapped`: the workload's field and the AppD's attribute it comes from; `carried`: attribute and annotation;
    `unmet`: what can't be honoured, where it stands and why; `deviations`: what was read otherwise than it is written.
    """

    file: str
    form: str
    workload: dict[str, Any]
    policies: tuple[dict[str, Any], ...]
    mapped: tuple[tuple[str, str], ...]
    carried: tuple[tuple[str, str], ...]
    unmet: tuple[Problem, ...]
    deviations: tuple[Problem, ...]


def import_appd(
    path: Path, part: str, name: str | None = None, image: str | None = None, *, strict: bool = False
) -> Imported:
    """Read an AppD in any form as a workload of the slice `part`; the options' name and image count before the file's.

    Raises InputError with all that is wrong; with `strict` also with what isn't as the standard has it or can't be
    honoured.
    """
    file = str(path)
    reading = appd.read(read_text(path, file, appd.FIX), file)
    if image is not None:
        reading.faults.pop("image", None)
        reading.fields["image"], reading.sources["image"] = image, ["--image"]
    problems = [problem for faults in reading.faults.values() for problem in faults]
    called = name or make_name(reading.name) or make_name(path.stem) or ""
    if not re.fullmatch(_NAME, called):
        allowed = "a letter, then lower-case letters, digits and '-', at most 63, for example web"
        problems.append(Problem("--name", None, "", f"{shown(called)} can't be a workload's name", allowed))
    if strict:
        problems += [*reading.deviations, *reading.unmet]
    if problems:
        raise InputError(problems)
    whole = ordered({"name": called, "slice": part, **reading.fields})
    whole |= {"annotations": reading.annotations} if reading.annotations else {}
    _check(whole, file)
    policies, rules = [], []
    for one in reading.openings:
        found = [policy(tag, part, called, one.ports) for tag in one.tags if tag != part]
        policies += [new for new in found if new not in policies]
        rules += [("policies", reading.problem(one.at, "").field)] if found else []
    return Imported(
        file,
        reading.form,
        whole,
        tuple(policies),
        (("name", "--name" if name else "appName"), *_mapped(reading), *rules),
        tuple(reading.carried.items()),
        tuple(reading.unmet),
        tuple(reading.deviations),
    )


def export_appd(site: Site, work: Workload) -> Written:
    """Return a workload of a site as an AppD of MEC 010-2."""
    fields = work.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"slice"})
    if "ports" in fields:
        fields["ports"] = [port["port"] if set(port) == {"port"} else port for port in fields["ports"]]
    return appd.write(fields, site.name)


def policy(source: str, part: str, name: str, ports: Iterable[int]) -> dict[str, Any]:
    """Return a policy that lets the slice `source` reach a workload, on these ports or all that it declares."""
    chosen = list(ports)
    return {"from": {"slice": source}, "to": {"slice": part, "workload": name, **({"ports": chosen} if chosen else {})}}


def make_name(text: str | None) -> str | None:
    """Make a workload's name of any text; None where nothing is left of it."""
    plain = re.sub(r"[^a-z0-9]+", "-", (text or "").lower())
    return re.sub(r"^[^a-z]+", "", plain)[:63].strip("-") or None


def ordered(whole: dict[str, Any]) -> dict[str, Any]:
    """Order a workload's keys as its model does."""
    keys = [field.alias or name for name, field in Workload.model_fields.items()]
    return {key: whole[key] for key in keys if key in whole}


def _mapped(reading: Reading) -> Iterator[tuple[str, str]]:
    for field, attributes in reading.sources.items():
        for attribute in dict.fromkeys(attributes):
            yield field, attribute


def _check(whole: dict[str, Any], file: str) -> None:
    """Hold the whole against the model. Raises InputError, as for annotations that are too big together."""
    try:
        Workload.model_validate(whole)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InputError([Problem(file, None, show(detail["loc"]), detail["msg"]) for detail in details]) from error
