"""What a NEST of any form says, as it is being read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from mecctl.document import show
from mecctl.errors import Problem
from mecctl.model import Slice
from mecctl.model.types import shown
from mecctl.standards import snssai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from mecctl.document import Place
    from mecctl.standards.nest.leaves import Leaf

_IDENTITY = 'sst 0 to 255 and sd six hex digits in quotes, for example "sst": 1, "sd": "0000a1"'


@dataclass
class Reading:
    """What a NEST says; each of its values is in one of these, none is dropped.

    `leaves`: the slice's values by their path in a site file's slice, and `sources` where each stands in the NEST.
    `faults`: per field of the slice, why it can't be read; moot where somebody gives the field otherwise.
    `annotations`: what has no field, by `mec.io/...`, and `carried` the annotation of each such attribute.
    `unmet`: what is asked for and isn't done here, and why. `unfilled`: attributes of a template without a value.
    `labels`: what the attribute at a place in a list is called.
    """

    form: str
    file: str
    lines: Mapping[Place, int]
    name: str | None = None
    leaves: dict[Leaf, object] = field(default_factory=dict)
    sources: dict[Leaf, Place] = field(default_factory=dict)
    faults: dict[str, list[Problem]] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)
    unmet: list[Problem] = field(default_factory=list)
    unfilled: list[str] = field(default_factory=list)
    labels: dict[Place, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """The slice's fields that can be used, by their key in a site file."""
        found: dict[str, Any] = {}
        for leaf, value in self.leaves.items():
            node = found
            for part in leaf[:-1]:
                node = node.setdefault(part, {})
            node[leaf[-1]] = value
        return {key: value for key, value in found.items() if key not in self.faults}

    def problem(self, at: Place, what: str, allowed: str | None = None) -> Problem:
        """Build a problem with the value at `at`; its line is that of the nearest key around it."""
        near = next((at[:end] for end in range(len(at), 0, -1) if at[:end] in self.lines), None)
        return Problem(self.file, self.lines[near] if near else 1, self._label(at) or show(at), what, allowed)

    def attribute(self, leaf: Leaf) -> str:
        """Return what the NEST calls the attribute that gives a value of the slice."""
        at = self.sources[leaf]
        return self._label(at) or show(at)

    def fault(self, of: str, at: Place, what: str, allowed: str) -> None:
        """Note that the field `of` can't be read because of the value at `at`."""
        found, told = self.problem(at, what, allowed), self.faults.setdefault(of, [])
        if told[-1:] != [found]:  # one value may give both directions
            told.append(found)

    def take(
        self, leaf: Leaf, value: object, at: Place, read: Callable[[object], object] = lambda value: value
    ) -> None:
        """Set a value of the slice to what `read` makes of the one at `at`; a fault where it can't."""
        try:
            self.leaves[leaf] = read(value)
        except PydanticCustomError as error:
            self.fault(leaf[0], at, *_said(error.context))
        self.sources[leaf] = at

    def choose(self, leaf: Leaf, value: object, at: Place, codes: Mapping[Any, str]) -> None:
        """Set a value of the slice to what a code stands for."""
        known = isinstance(value, int | str) and not isinstance(value, bool) and value in codes
        if known:
            self.take(leaf, codes[value], at)
        else:
            allowed = ", ".join(f"{code} {name}" for code, name in codes.items())
            self.fault(leaf[0], at, f"{shown(value)} isn't known", allowed)

    def choose_all(self, leaf: Leaf, values: object, at: Place, codes: Mapping[Any, str]) -> None:
        """Set a list of the slice to what several codes stand for."""
        if not isinstance(values, list):
            self.fault(leaf[0], at, f"{shown(values)} isn't a list", ", ".join(f"{c} {n}" for c, n in codes.items()))
            return
        one = (*leaf, "")
        for index, value in enumerate(values):
            self.choose(one, value, (*at, index), codes)
            if one in self.leaves:
                self.leaves[leaf] = [*_list(self.leaves.get(leaf)), self.leaves.pop(one)]
        self.sources.pop(one, None)
        self.sources[leaf] = at

    def identity(self, sst: object, sd: object, at: Place) -> None:
        """Set the S-NSSAI."""
        try:
            found = snssai.from_parts(sst, sd)
        except ValueError:
            self.fault("snssai", at, f"sst {shown(sst)} with sd {shown(sd)} isn't an S-NSSAI", _IDENTITY)
            return
        self.take(("snssai", "sst"), found.sst, at)
        self.take(("snssai", "sd"), found.sd, at)

    def carry(self, attribute: str, value: object) -> None:
        """Keep what has no field as an annotation, under a name Kubernetes takes and without hiding another."""
        short = re.sub(r"[^A-Za-z0-9.-]+", "-", attribute).strip("-.")[:50].rstrip("-.") or "value"
        names = chain([f"mec.io/nest-{short}"], (f"mec.io/nest-{short}-{number}" for number in count(2)))
        note = next(name for name in names if name not in self.annotations)
        self.annotations[note] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.carried[attribute] = note

    def lacks(self, at: Place, why: str) -> None:
        """Note that what stands at `at` is asked for and isn't done here."""
        self.unmet.append(self.problem(at, why))

    def _label(self, at: Place) -> str | None:
        return next((label for around, label in self.labels.items() if at[: len(around)] == around), None)

    def check(self) -> None:
        """Hold the values against the model: what it has against them is a fault of the value's place."""
        try:
            Slice.model_validate({"name": "slice", "snssai": {"sst": 1}, **self.fields})
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                loc = tuple(part for part in detail["loc"] if isinstance(part, str))
                field = [(leaf, at) for leaf, at in self.sources.items() if leaf[0] == loc[0]]
                near = [at for leaf, at in field if leaf[: len(loc)] == loc[: len(leaf)]] or [at for _, at in field]
                self.fault(loc[0], near[-1], *_told(detail))


def _told(detail: ErrorDetails) -> tuple[str, str]:
    if detail["type"] == "missing":
        return f"comes without {detail['loc'][-1]}", "both, or neither"
    if detail["type"] == "mecctl":
        return _said(detail.get("ctx"))
    return detail["msg"][:1].lower() + detail["msg"][1:], "see docs/guide/slices.md"


def _said(context: dict[str, Any] | None) -> tuple[str, str]:
    found = context or {}
    return str(found.get("what")), str(found.get("allowed"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
