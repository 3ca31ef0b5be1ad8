"""What K3s documents of its options, by minor: options.yaml, and what it says of a value.

Whatever goes into a config.yaml of K3s is held to it, mecctl's own settings by the playbooks, the site's by sitefile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MINORS = (34, 35, 36, 37)
"""The minors of Kubernetes 1 whose options are known."""
_DURATION = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+")
_KINDS = {"bool": "true or false", "int": "a whole number", "text": "text", "duration": "a duration such as 5m"}


@dataclass(frozen=True)
class Option:
    """One option: where it may stand, its type, its source (address of a page, with its commit where it has one)."""

    name: str
    type: str
    role: str
    source: str
    commit: str | None
    since: int
    one_of: tuple[str, ...]
    equal: bool
    set_by: str | None

    def wrong(self, value: object) -> str | None:
        """Say what is allowed where `value` isn't; None where it is."""
        values = value if isinstance(value, list | tuple) and self.type == "list" else (value,)
        kind = "text" if self.type == "list" else self.type
        if not all(_fits(one, kind) for one in values):
            return _KINDS[kind] if self.type != "list" else "a list of text"
        if self.one_of and not all(one in self.one_of for one in values):
            return f"one of {', '.join(self.one_of)}"
        return None


@dataclass(frozen=True)
class Refused:
    """Why an option can't stand where it does, and what can."""

    option: str
    what: str
    allowed: str


@cache
def options() -> dict[str, Option]:
    """Return every option of options.yaml by its name."""
    table = _table()
    return {name: _option(name, row, table["sources"][row["from"]]) for name, row in table["options"].items()}


def equal_on_servers() -> frozenset[str]:
    """Return the options that must be the same on all servers of a cluster."""
    return frozenset(name for name, option in options().items() if option.equal)


def minor(version: str) -> int:
    """Return 36 for v1.36.5+k3s1."""
    return int(version.split(".")[1])


def refused(config: Mapping[str, Any], version: str, role: str) -> Iterator[Refused]:
    """Yield what K3s of `version` doesn't take in the config.yaml of a `role` (server, agent).

    A key may end in `+`, which appends to what an earlier file says (docs.k3s.io/installation/configuration).
    """
    for key, value in config.items():
        name = key.removesuffix("+")
        if found := _unknown(name, version, role) or _value(options()[name], value, key):
            yield found


def _unknown(name: str, version: str, role: str) -> Refused | None:
    known = f"K3s v1.{minor(version)}"
    if instead := _table()["retired"].get(name):
        return Refused(name, f"no K3s from v1.{MINORS[0]} on knows {name} any more", f"{instead} stands in its place")
    option = options().get(name)
    if option is None:
        return Refused(name, f"{name} is no option that {known} documents", "an option of docs.k3s.io/cli/server")
    if option.since > minor(version):
        what = f"{known} doesn't know {name}, which came with v1.{option.since}"
        return Refused(name, what, f"leave it out, or a version of v1.{option.since}")
    if role == "agent" and option.role == "server":
        return Refused(
            name, f"{name} is an option of servers, and an agent of {known} doesn't take it", "on servers only"
        )
    return None


def _value(option: Option, value: object, key: str) -> Refused | None:
    name = option.name
    if key.endswith("+") and option.type != "list":
        return Refused(name, f"{name} has one value, and nothing can be appended to it", f"write {name}")
    old = _table()["retired_values"].get(name, {})
    if isinstance(value, str) and value in old:
        what = f"no K3s from v1.{MINORS[0]} on knows {name}: {value} any more"
        return Refused(name, what, f"{old[value]} stands in its place")
    allowed = option.wrong(value)
    return Refused(name, f"{value!r} isn't a value of {name}", allowed) if allowed else None


def _fits(value: object, kind: str) -> bool:
    if kind == "bool" or isinstance(value, bool):
        return kind == "bool" and isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int)
    return isinstance(value, str) and (kind != "duration" or _DURATION.fullmatch(value) is not None)


def _option(name: str, row: Mapping[str, Any], source: Mapping[str, Any]) -> Option:
    return Option(
        name=name,
        type=row["type"],
        role=row["role"],
        source=source["url"],
        commit=source["commit"],
        since=row.get("since", MINORS[0]),
        one_of=tuple(row.get("one_of", ())),
        equal=row.get("equal", False),
        set_by=row.get("set_by"),
    )


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "options.yaml").read_text())
    return table
