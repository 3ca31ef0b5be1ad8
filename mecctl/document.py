"""A YAML file as plain data that remembers its lines.

The rules are those of YAML 1.2's core schema, stricter: only `true` and `false` are booleans, so `country: NO` stays
text; a key may not come twice; tags, merge keys and several documents are refused. Works on the parser's events, so
neither deep nesting nor aliases that multiply (`&a [*b, *b, ...]`) cost more than their text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import yaml

from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[str | int, ...]
"""Where a value stands: ("spec", "nodes", 0, "address")."""

FIX = "a site file; `mecctl init NAME` writes one to start from"
MAX_BYTES = 2**20
MAX_DEPTH = 40
MAX_VALUES = 100_000

_LOADER: type = getattr(yaml, "CLoader", yaml.Loader)
_INT = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "false": False}


def show(path: Place) -> str:
    """Write a path as people do: `spec.nodes[0].address`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


@dataclass(frozen=True)
class Document:
    """A file's data, the line of each value, and the literal text of each number or other non-text scalar."""

    file: str
    data: object
    lines: dict[Place, int] = field(default_factory=dict)
    literals: dict[Place, str] = field(default_factory=dict)

    def line(self, path: Place) -> int | None:
        """Return the line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: Place, what: str, allowed: str | None = None) -> Problem:
        """Build a problem with the value at `path`."""
        return Problem(self.file, self.line(path), show(path), what, allowed)


def read_text(path: Path, file: str, fix: str) -> str:
    """Read a small UTF-8 file; `file` is how problems name it, `fix` what to do where there is nothing in it.

    Raises InputError when it is missing, not a file, too big, not text or empty.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise InputError([Problem(file, None, "", f"can't be read: {reason}", fix)]) from error
    if len(raw) > MAX_BYTES:
        raise InputError([Problem(file, None, "", "is too big", f"at most {MAX_BYTES} bytes")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(file, line, "", "isn't text: a byte here isn't UTF-8", fix)]) from error
    if not text.strip():
        raise InputError([Problem(file, None, "", "is empty", fix)])
    return text


def parse(text: str, file: str) -> tuple[Document, list[Problem]]:
    """Parse one YAML document; the problems are those that don't hinder reading on, such as a key that comes twice.

    Raises InputError with the first fault of syntax: nothing after it can be trusted.
    """
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise InputError([*builder.problems, _syntax(error, text, file)]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise InputError([Problem(file, line, "", "isn't text: it has a control character", "plain text")]) from error
    if not builder.started:
        raise InputError([Problem(file, None, "", "has nothing but comments", FIX)])
    return Document(file, builder.root, builder.lines, builder.literals), builder.problems


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    said = error.problem or "can't be read"
    mark = error.context_mark if "end of stream" in said and error.context_mark else error.problem_mark
    if mark is None:
        return Problem(file, None, "", f"isn't valid YAML: {said}", "a YAML 1.2 document")
    line = text.split("\n")[mark.line] if mark.line <= text.count("\n") else ""
    if "\t" in line[: mark.column + 1] and not line[: mark.column].strip():
        return Problem(file, mark.line + 1, "", "isn't valid YAML: a tab indents this line", "indent with spaces")
    allowed = "check the indentation, colons, quotes and brackets here and above"
    return Problem(file, mark.line + 1, "", f"isn't valid YAML: {said}", allowed)


def _scalar(event: yaml.ScalarEvent) -> object:
    """Return what a scalar means: text when quoted or in block style, else by YAML 1.2's core schema."""
    value: str = event.value
    if event.style:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.fullmatch(value):
        return int(value, 0) if value[:2] in {"0o", "0x"} else int(value)
    return float(re.sub(r"\.(inf|nan)", r"\1", value.lower())) if _FLOAT.fullmatch(value) else value


@dataclass
class _Open:
    """A list or mapping still being read; `key` is the mapping's key whose value comes next."""

    data: list[object] | dict[str, object]
    path: Place
    anchor: str | None
    size: int = 1
    key: str | None = None


class _Builder:
    """Turns parser events into data, one value at a time."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: object = None
        self.started = False
        self.lines: dict[Place, int] = {}
        self.literals: dict[Place, str] = {}
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}

    def take(self, event: yaml.Event) -> None:
        """Add one event; raises InputError where the file must not go on."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent) and self.started:
            self._stop(line, "a second document starts here", "one document a file")
        if isinstance(event, yaml.NodeEvent):
            self.started = True
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._open.pop()
            self._remember(done.anchor, done.data, done.size)
            if self._open:
                self._count(done.size, line)

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        top = self._open[-1] if self._open else None
        if top and isinstance(top.data, dict) and top.key is None:
            top.key = self._key(event, top, line)
            return
        path = self._path(top)
        self.lines.setdefault(path, line)
        value, size = self._value(event, path, line)
        self._put(top, value)
        if self._open:
            self._count(size, line)

    def _value(self, event: yaml.NodeEvent, path: Place, line: int) -> tuple[object, int]:
        """Return the value and how many values it holds; a list or mapping is empty and open, and counts at its end."""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                self._stop(line, f"the alias *{event.anchor} names nothing above", "an anchor of a complete value")
            return self._anchors[event.anchor]
        if getattr(event, "tag", None) is not None:
            self._stop(line, "a tag (!) stands before this value", "values without tags")
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
            if not isinstance(value, str):
                self.literals[path] = event.value
            self._remember(event.anchor, value, 1)
            return value, 1
        if len(self._open) >= MAX_DEPTH:
            self._stop(line, "is nested too deep", f"at most {MAX_DEPTH} levels")
        data: list[object] | dict[str, object] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._open.append(_Open(data, path, event.anchor))
        return data, 0

    def _key(self, event: yaml.NodeEvent, top: _Open, line: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(line, "a list, mapping or alias stands where a key belongs", "keys are plain words")
        key: str = event.value
        path = (*top.path, key)
        if key == "<<" and not event.style:
            self._stop(line, "merge keys (<<) aren't known", "write the keys out, or use an alias for a whole value")
        if not isinstance(_scalar(event), str):
            self.problems.append(Problem(self.file, line, show(path), "this key isn't text", f'quote it: "{key}"'))
        if key in top.data:
            first = self.lines[path]
            self.problems.append(Problem(self.file, line, show(path), f"comes twice, first in line {first}", "once"))
        self.lines.setdefault(path, line)
        return key

    def _path(self, top: _Open | None) -> Place:
        if top is None:
            return ()
        return (*top.path, len(top.data) if top.key is None else top.key)

    def _put(self, top: _Open | None, value: object) -> None:
        if top is None:
            self.root = value
        elif isinstance(top.data, list):
            top.data.append(value)
        elif top.key is not None:
            top.data[top.key] = value
            top.key = None

    def _remember(self, anchor: str | None, value: object, size: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)

    def _count(self, size: int, line: int) -> None:
        self._open[-1].size += size
        if self._open[-1].size > MAX_VALUES:
            self._stop(line, "aliases make this grow too big", f"at most {MAX_VALUES} values")

    def _stop(self, line: int, what: str, allowed: str) -> NoReturn:
        raise InputError([*self.problems, Problem(self.file, line, "", what, allowed)])
