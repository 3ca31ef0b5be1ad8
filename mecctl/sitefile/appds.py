"""`appd: FILE` in a workload: take the workload's fields, and policies, from an AppD beside the site file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.document import read_text
from mecctl.errors import InputError
from mecctl.sitefile.appdimport import make_name, policy
from mecctl.standards import appd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem
    from mecctl.standards.appd import Reading


@dataclass
class Merge:
    """Takes every AppD that a site file names into the site's data.

    `explained` are fields about which a problem has told all already; `warnings` say what was taken, what is only
    noted and what can't be honoured.
    """

    document: Document
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    explained: list[Place] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def data(self, root: Any) -> Any:  # noqa: ANN401 - what YAML holds
        """Return a site file's data, each workload with its AppD's fields; what the site file writes itself wins."""
        spec = root.get("spec") if isinstance(root, dict) else None
        workloads = spec.get("workloads") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(workloads, list):
            return root
        if not any(isinstance(item, dict) and "appd" in item for item in workloads):
            return root
        slices = {one.get("name") for one in _listed(spec, "slices") if isinstance(one, dict)}
        policies = list(_listed(spec, "policies"))
        taken = []
        for index, item in enumerate(workloads):
            place = ("spec", "workloads", index)
            if isinstance(item, dict) and "appd" in item:
                whole, found = self._take_in(item, place, named=_makes_names(spec), placed=_knows_delays(spec))
                policies += self._policies(found, whole, slices, policies) if found else []
                taken.append(whole)
            else:
                taken.append(item)
        known = (
            spec if not policies or not isinstance(spec.get("policies", []), list) else {**spec, "policies": policies}
        )
        return {**root, "spec": {**known, "workloads": taken}}

    def _take_in(
        self, item: dict[str, Any], place: Place, *, named: bool, placed: bool
    ) -> tuple[dict[str, Any], Reading | None]:
        own = {key: value for key, value in item.items() if key != "appd"}
        found = self._read(item["appd"], (*place, "appd"))
        if found is None:
            self.explained.append((*place, "image"))
            return own, None
        said = {*own, *(("image",) if "vm" in own else ())}
        for of, problems in found.faults.items():
            if of not in said:
                self.problems += problems
                self.explained.append((*place, of))
        given = {key: value for key, value in found.fields.items() if key not in said}
        if "name" not in own and (name := make_name(found.name)):
            given["name"] = name
        who = f"workload {own.get('name', given.get('name'))}: {item['appd']}"
        if not named and given.pop("dns", None):
            self.warnings.append(f"{who}: its DNS rules can't be honoured: the site has no platform.discovery")
        if not placed and given.pop("maximumLatency", None):
            why = "neither the site nor a node declares its own"
            self.warnings.append(f"{who}: its maximum latency can't be honoured: {why}")
        self.warnings += _report(found, given, said, who)
        notes = own.get("annotations") or {}
        if isinstance(notes, dict):
            own["annotations"] = {**found.annotations, **notes}
        return {**given, **own}, found

    def _policies(
        self, found: Reading, whole: dict[str, Any], slices: Collection[object], there: Collection[object]
    ) -> Iterator[dict[str, Any]]:
        """Yield a policy for every opening whose tag names a slice of the site, other than the workload's own."""
        name, part = whole.get("name"), whole.get("slice")
        if not isinstance(name, str) or not isinstance(part, str):
            return
        for one in found.openings:
            for tag in one.tags:
                at = found.problem(one.at, "").field
                if tag not in slices:
                    self.warnings.append(f"workload {name}: {at} can't be honoured: no slice here is called {tag}")
                elif tag != part and (new := policy(tag, part, name, one.ports)) not in there:
                    self.warnings.append(f"workload {name}: {at} lets slice {tag} in")
                    yield new

    def _read(self, name: object, place: Place) -> Reading | None:
        if not isinstance(name, str) or not name:
            self.problems.append(self.document.problem(place, "isn't a file's name", "for example apps/video.json"))
            return None
        path = self.folder / name
        if not path.is_file():
            self.problems.append(self.document.problem(place, f"there is no file {path}", appd.FIX))
            return None
        try:
            return appd.read(read_text(path, str(path), appd.FIX), str(path))
        except InputError as error:
            self.problems += error.problems
            return None


def _report(found: Reading, given: dict[str, Any], said: Collection[str], who: str) -> Iterator[str]:
    lost = [key for key in (*found.fields, *found.faults) if key in said]
    if given:
        yield f"{who} gives {', '.join(given)}"
    if lost:
        yield f"{who}: site.yaml's own {', '.join(lost)} is used instead of the AppD's"
    if found.carried:
        yield f"{who}: only noted as annotations, not enforced: {', '.join(found.carried)}"
    for problem in found.deviations:
        yield f"{who}: {problem.field} {problem.what}"
    for problem in found.unmet:
        yield f"{who}: {problem.field} can't be honoured: {problem.what}"


def _makes_names(spec: dict[str, Any]) -> bool:
    platform = spec.get("platform")
    return isinstance(platform, dict) and "discovery" in platform


def _knows_delays(spec: dict[str, Any]) -> bool:
    return "latency" in spec or any(isinstance(node, dict) and "latency" in node for node in _listed(spec, "nodes"))


def _listed(spec: dict[str, Any], key: str) -> list[Any]:
    found = spec.get(key)
    return found if isinstance(found, list) else []
