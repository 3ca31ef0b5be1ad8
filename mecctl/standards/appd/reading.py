"""What an AppD of any form says, as it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.document import show
from mecctl.model import Workload

if TYPE_CHECKING:
    from mecctl.document import Place
    from mecctl.errors import Problem
    from mecctl.standards.appd.shaping import Shaping

FIELDS = frozenset(field.alias or name for name, field in Workload.model_fields.items())
"""The fields that a site file's workload has."""


@dataclass(frozen=True)
class Opening:
    """A traffic rule that lets somebody in: slices by the tags that name them, and the ports, all where none."""

    rule: str
    tags: tuple[str, ...]
    ports: tuple[int, ...]
    at: Place


@dataclass
class Reading:
    """What an AppD says; each of its attributes is in one of these, none is dropped.

    `document`: the AppD itself, its names and lists put right. `fields`: the workload's fields, and `sources` which
    attribute gives each. `openings`: what traffic rules open. `faults`: per field of the workload, why it can't be
    read; moot where somebody gives the field otherwise. `unmet`: what is asked for and isn't done here, and why.
    `carried`: the annotation that keeps each attribute, and `annotations` what is in it.
    """

    form: str
    shaping: Shaping
    document: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)
    openings: list[Opening] = field(default_factory=list)
    faults: dict[str, list[Problem]] = field(default_factory=dict)
    unmet: list[Problem] = field(default_factory=list)
    annotations: dict[str, str] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file's name, as problems have it."""
        return self.shaping.file

    @property
    def deviations(self) -> list[Problem]:
        """What the standard has otherwise, and was read as it is meant."""
        return self.shaping.deviations

    def origin(self, at: Place) -> Place:
        """Return where in the file stands what the document has at `at`."""
        near = next((at[:end] for end in range(len(at), -1, -1) if at[:end] in self.shaping.origins), ())
        return (*self.shaping.origins.get(near, ()), *at[len(near) :])

    def problem(self, at: Place, what: str, allowed: str | None = None) -> Problem:
        """Build a problem with what the document has at `at`."""
        return self.shaping.problem(self.origin(at), what, allowed)

    def take(self, key: str, value: object, at: Place) -> None:
        """Set a field of the workload, if site files have it; else it can't be honoured."""
        if key not in FIELDS:
            self.lacks(at, f"workloads have no {key} here yet")
            return
        self.fields[key] = value
        self.sources.setdefault(key, []).append(show(self.origin(at)))

    def add(self, key: str, value: object, at: Place) -> None:
        """Add an item to a field that is a list; one that is in it already isn't added twice."""
        if key in FIELDS and value in self.fields.get(key, []):
            return
        self.take(key, [*self.fields.get(key, []), value], at)

    def fault(self, of: str, at: Place, what: str, allowed: str) -> None:
        """Note that the field `of` can't be read because of what stands at `at`."""
        self.faults.setdefault(of, []).append(self.problem(at, what, allowed))

    def lacks(self, at: Place, why: str) -> None:
        """Note that what stands at `at` is asked for and isn't done here."""
        found = self.problem(at, why)
        if found not in self.unmet:
            self.unmet.append(found)
