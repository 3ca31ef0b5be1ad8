"""`nest: FILE` in a slice: take the slice's fields from a GSMA NEST beside the site file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.document import read_text
from mecctl.errors import InputError
from mecctl.sitefile.demands import note_problems, sort, words
from mecctl.standards import nest
from mecctl.standards.nest.leaves import LEAVES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem
    from mecctl.sitefile.demands import Demands
    from mecctl.standards.nest import Reading

_FIX = "a GSMA NEST in JSON"


@dataclass
class Merge:
    """Takes every NEST that a site file names into the site's data.

    `explained` are fields whose absence a problem has told already; `warnings` say what was taken and what is only
    noted.
    """

    document: Document
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    explained: list[Place] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def data(self) -> object:
        """Return the file's data, each slice with its NEST's fields; what the site file writes itself wins."""
        root = self.document.data
        spec = root.get("spec") if isinstance(root, dict) else None
        slices = spec.get("slices") if isinstance(spec, dict) else None
        if not isinstance(root, dict) or not isinstance(spec, dict) or not isinstance(slices, list):
            return root
        for index, item in enumerate(slices):
            if isinstance(item, dict) and isinstance(item.get("annotations"), dict):
                self._own_notes(item, ("spec", "slices", index, "annotations"))
        taken = [
            self._take_in(item, ("spec", "slices", index)) if isinstance(item, dict) and "nest" in item else item
            for index, item in enumerate(slices)
        ]
        return {**root, "spec": {**spec, "slices": taken}}

    def _own_notes(self, item: dict[str, Any], place: Place) -> None:
        self.problems.extend(note_problems(self.document, item["annotations"], place))
        if item["annotations"]:
            self.warnings.append(_noted(f"slice {item.get('name')}", item["annotations"]))

    def _take_in(self, item: dict[str, Any], place: Place) -> dict[str, Any]:
        own = {key: value for key, value in item.items() if key != "nest"}
        identity: Place = (*place, "snssai")
        found = self._read(item["nest"], (*place, "nest"))
        if found is None:
            self.explained.append(identity)
            return own
        notes = own.get("annotations") or {}
        said = {*own, *(LEAVES[note][0] for note in notes if note in LEAVES)} if isinstance(notes, dict) else {*own}
        demands = sort({key: value for key, value in found.fields.items() if key not in said})
        faults = {**found.faults, **{key: [_lesser(found, key, demands)] for key in demands.lesser}}
        for of, problems in faults.items():
            if of not in said:
                self.problems.extend(problems)
                self.explained.append((*place, of))
        if "snssai" not in {*found.fields, *faults, *said}:
            allowed = 'write it beside nest:, for example snssai: {sst: 1, sd: "0000a1"}'
            self.problems.append(self.document.problem(identity, f"{item['nest']} carries no S-NSSAI", allowed))
            self.explained.append(identity)
        self.warnings.extend(_report(found, said, demands, f"slice {item.get('name')}: {item['nest']}"))
        if isinstance(notes, dict):
            own["annotations"] = {**found.annotations, **demands.notes, **notes}
        return {**demands.count, **demands.noted, **own}

    def _read(self, name: object, place: Place) -> Reading | None:
        if not isinstance(name, str) or not name:
            self.problems.append(self.document.problem(place, "isn't a file's name", "for example slices/embb.json"))
            return None
        path = self.folder / name
        if not path.is_file():
            self.problems.append(self.document.problem(place, f"there is no file {path}", _FIX))
            return None
        try:
            return nest.read(read_text(path, str(path), _FIX), str(path))
        except InputError as error:
            self.problems.extend(error.problems)
            return None


def _lesser(found: Reading, key: str, demands: Demands) -> Problem:
    row = demands.rows[key]
    allowed = f"write {key}: {row.instead} beside nest: in site.yaml to accept less"
    return found.problem(found.sources[key,], f"asks for {key} {words(demands.lesser[key])}: {row.what}", allowed)


def _report(found: Reading, said: Collection[str], demands: Demands, who: str) -> Iterator[str]:
    lost = [key for key in (*found.fields, *found.faults) if key in said]
    if demands.count:
        yield f"{who} gives {', '.join(demands.count)}"
    if lost:
        yield f"{who}: site.yaml's own {', '.join(lost)} is used instead of the NEST's"
    if demands.noted or found.carried:
        yield _noted(who, [*demands.noted, *found.carried])
    for problem in found.unmet:
        yield f"{who}: {problem.field} can't be honoured: {problem.what}"
    if found.unfilled:
        yield f"{who}: a template with {len(found.unfilled)} attributes not filled in"


def _noted(who: str, what: Iterable[str]) -> str:
    return f"{who}: only noted as annotations, not enforced: {', '.join(what)}"
