"""`nest: FILE` in a slice: take the slice's fields from a GSMA NEST beside the site file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.document import read_text
from mecctl.errors import InputError
from mecctl.standards import nest

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem

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
        taken = [
            self._take_in(item, ("spec", "slices", index)) if isinstance(item, dict) and "nest" in item else item
            for index, item in enumerate(slices)
        ]
        return {**root, "spec": {**spec, "slices": taken}}

    def _take_in(self, item: dict[str, Any], place: Place) -> dict[str, Any]:
        own = {key: value for key, value in item.items() if key != "nest"}
        identity: Place = (*place, "snssai")
        found = self._read(item["nest"], (*place, "nest"))
        if found is None:
            self.explained.append(identity)
            return own
        for of, faults in found.faults.items():
            if of not in own:
                self.problems.extend(faults)
                self.explained.append((*place, of))
        if "snssai" not in {*found.fields, *found.faults, *own}:
            allowed = 'write it beside nest:, for example snssai: {sst: 1, sd: "0000a1"}'
            self.problems.append(self.document.problem(identity, f"{item['nest']} carries no S-NSSAI", allowed))
            self.explained.append(identity)
        self.warnings.extend(_report(found, own, f"slice {item.get('name')}: {item['nest']}"))
        return {**found.fields, **own, "annotations": found.annotations}

    def _read(self, name: object, place: Place) -> nest.Nest | None:
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


def _report(found: nest.Nest, own: dict[str, Any], who: str) -> list[str]:
    taken = [key for key in found.fields if key not in own]
    lost = [key for key in (*found.fields, *found.faults) if key in own]
    said = []
    if taken:
        declared = " (rates are declared, not enforced yet)" if "throughput" in taken else ""
        said.append(f"{who} gives {', '.join(taken)}{declared}")
    if lost:
        said.append(f"{who}: site.yaml's own {', '.join(lost)} is used instead of the NEST's")
    if found.carried:
        said.append(f"{who}: only noted as annotations, not enforced: {', '.join(found.carried)}")
    return said
