"""Hold data against a table of fields: what is meant is put right and told, what is wrong or missing is told at once.

Real files write `appDid`, wrap an item in the name of its type, give one text or object where a list belongs, or a
number where a text does. All of these say clearly what is meant, so they are read as that, with a warning each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.document import show
from mecctl.errors import Problem
from mecctl.model.types import shown
from mecctl.standards.appd.fields import Anything, Many, Object, Scalar, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place

_BROKEN = object()


def squash(name: str) -> str:
    """Return a name without case and separators: `app_d_id` and `appDid` are both `appdid`."""
    return name.lower().replace("_", "").replace("-", "")


@dataclass
class Shaping:
    """One file being held against a table.

    `origins`: where in the file each value of the result stands; `other`: names that the file's form has for fields;
    `snake`: whether the form writes snake_case. `deviations` are warnings, `problems` what can't be read.
    """

    file: str
    lines: Mapping[Place, int]
    literals: Mapping[Place, str]
    other: Mapping[str, str] = field(default_factory=dict)
    snake: bool = False
    origins: dict[Place, Place] = field(default_factory=dict)
    deviations: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, at: Place, what: str, allowed: str | None = None) -> Problem:
        """Build a problem with the value of the file at `at`; its line is that of the nearest key around it."""
        near = next((at[:end] for end in range(len(at), 0, -1) if at[:end] in self.lines), None)
        return Problem(self.file, self.lines[near] if near else 1, show(at), what, allowed)

    def shape(self, kind: Shape, value: object, at: Place, origin: Place) -> Any:  # noqa: ANN401 - what JSON holds
        """Return `value`, which stands at `origin`, as `kind` wants it at `at`; a marker where it can't be read."""
        self.origins[at] = origin
        if isinstance(kind, Anything):
            return value
        if isinstance(kind, Scalar):
            return self._scalar(kind, value, origin)
        return self._many(kind, value, at, origin) if isinstance(kind, Many) else self._object(kind, value, at, origin)

    def _object(self, kind: Object, value: object, at: Place, origin: Place) -> Any:  # noqa: ANN401
        value, origin = self._unwrapped(kind, value, origin)
        if not isinstance(value, dict):
            return self._refuse(origin, f"{shown(value)} isn't an object", f"{kind.name}: an object")
        self.origins[at] = origin
        names = {squash(name): name for name in kind.fields}
        names |= {squash(name): meant for name, meant in kind.other.items()}
        names |= {squash(name): meant for name, meant in self.other.items() if meant in kind.fields}
        found: dict[str, Any] = {}
        given: set[str] = set()
        for key, item in value.items():
            name, place = names.get(squash(key)), (*origin, key)
            if name is None:
                found[key], self.origins[*at, key] = item, place
            elif name in given:
                self._refuse(place, f"says {name} a second time", "once")
            elif item is not None:
                given.add(name)
                self._name(kind, key, name, place)
                read = self.shape(kind.fields[name], item, (*at, name), place)
                found |= {} if read is _BROKEN else {name: read}
        for name in kind.required:
            if name not in given:
                self._refuse((*origin, name), "is missing", f"{kind.name} needs it")
        return found

    def _name(self, kind: Object, key: str, name: str, at: Place) -> None:
        right = key == name or key in kind.other or key in self.other or (self.snake and key == key.lower())
        if not right:
            self.deviations.append(self.problem(at, f"is taken as {name}", f"write {name}"))

    def _unwrapped(self, kind: Object, value: object, origin: Place) -> tuple[object, Place]:
        """Return what stands inside an object whose only key is the type's name."""
        if isinstance(value, dict) and len(value) == 1:
            ((key, inner),) = value.items()
            known = {squash(name) for name in kind.fields}
            holds = isinstance(inner, dict) and any(squash(name) in known for name in inner)
            if squash(key) not in known and (squash(key) == squash(kind.name) or holds):
                self.deviations.append(self.problem((*origin, key), "is a wrapper, and what is in it is taken"))
                return inner, (*origin, key)
        return value, origin

    def _many(self, kind: Many, value: object, at: Place, origin: Place) -> Any:  # noqa: ANN401
        if isinstance(kind.item, Object):
            value, origin = self._unwrapped_list(kind.item, value, origin)
        if not isinstance(value, list):
            if isinstance(kind.item, Object if not isinstance(value, dict) else Scalar):
                return self._refuse(origin, f"{shown(value)} isn't a list", "a list")
            if not (self.snake and isinstance(kind.item, Scalar)):
                self.deviations.append(self.problem(origin, "is one where a list belongs", "a list"))
            item = self.shape(kind.item, value, (*at, 0), origin)
            return _BROKEN if item is _BROKEN else [item]
        if len(value) < kind.least:
            return self._refuse(origin, "is empty", f"{kind.least} or more")
        items = [self.shape(kind.item, item, (*at, index), (*origin, index)) for index, item in enumerate(value)]
        return _BROKEN if any(item is _BROKEN for item in items) else items

    def _unwrapped_list(self, item: Object, value: object, origin: Place) -> tuple[object, Place]:
        if isinstance(value, dict) and len(value) == 1:
            ((key, inner),) = value.items()
            if squash(key) in {squash(item.name), squash(item.name) + "s"} and isinstance(inner, list):
                self.deviations.append(self.problem((*origin, key), "is a wrapper, and what is in it is taken"))
                return inner, (*origin, key)
        return value, origin

    def _scalar(self, kind: Scalar, value: object, at: Place) -> Any:  # noqa: ANN401
        found = self._typed(kind, value, at)
        if found is _BROKEN:
            return self._refuse(at, f"{shown(value)} isn't {kind.what}", self._allowed(kind))
        if kind.values and found not in kind.values:
            near = next((one for one in kind.values if squash(one) == squash(found)), None)
            if near is None:
                return self._refuse(at, f"{shown(found)} isn't known", ", ".join(kind.values))
            self.deviations.append(self.problem(at, f"{shown(found)} is taken as {near}", f"write {near}"))
            return near
        if isinstance(found, str) and not found.strip():
            return self._refuse(at, "is empty", "text with something in it")
        low, high = kind.least, kind.most
        if (low is not None and found < low) or (high is not None and found > high):
            return self._refuse(at, f"{found} is out of range", self._allowed(kind))
        return found

    def _typed(self, kind: Scalar, value: object, at: Place) -> Any:  # noqa: ANN401
        """Return the value with the type it shall have, if it says clearly what is meant."""
        right = {"text": str, "true or false": bool}.get(kind.what, int)
        if isinstance(value, right) and isinstance(value, bool) == (right is bool):
            return value
        meant = _meant(kind.what, value)
        if isinstance(meant, str):
            meant = self.literals.get(at, meant)
        if meant is not _BROKEN:
            self.deviations.append(self.problem(at, f"{shown(value)} is taken as {kind.what}", kind.what))
        return meant

    def _allowed(self, kind: Scalar) -> str:
        if kind.least is None:
            return kind.what
        return f"{kind.what} from {kind.least}" + (f" to {kind.most}" if kind.most is not None else "")

    def _refuse(self, at: Place, what: str, allowed: str) -> object:
        self.problems.append(self.problem(at, what, allowed))
        return _BROKEN


def _meant(what: str, value: object) -> object:
    """Return what a value of another type clearly means as text, a number or a truth value."""
    if what == "text":
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _BROKEN
    if not isinstance(value, str):
        return _BROKEN
    if what == "true or false":
        return {"true": True, "false": False}.get(value.lower(), _BROKEN)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else _BROKEN
