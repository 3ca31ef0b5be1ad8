"""A Pulumi.yaml: what a project is called, how it runs, and which configuration it declares.

Format: https://www.pulumi.com/docs/iac/concepts/projects/project-file/; its rules for configuration are those of
pulumi/pulumi sdk/go/common/workspace/project.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.document import parse, read_text
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

PROJECT_FILE = "Pulumi.yaml"
_FIX = "a Pulumi project: at least `name:` and `runtime: python`"
_TYPES = ("string", "integer", "boolean", "array", "object")


@dataclass(frozen=True)
class Declared:
    """One key of the `config` section, by its full name (`project:key`); a value from there or None for `default`."""

    key: str
    type: str | None = None
    items: dict[str, Any] | None = None
    default: object = None
    secret: bool = False


@dataclass(frozen=True)
class Project:
    """A Python project; `main` is relative to the file, `backend` the URL of the state if the file names one."""

    file: Path
    name: str
    main: str | None
    backend: str | None
    stack_files: Path
    declared: tuple[Declared, ...]


def read(directory: Path) -> Project:
    """Read the project in a folder. Raises InputError when there is none, or none in Python."""
    file = directory / PROJECT_FILE
    data = mapping(file, _FIX)
    name, runtime = data.get("name"), data.get("runtime")
    runtime = runtime.get("name") if isinstance(runtime, dict) else runtime
    if not isinstance(name, str) or not name:
        raise _wrong(file, "name", "is missing", _FIX)
    if runtime != "python":
        raise _wrong(file, "runtime", f"is {runtime!r}: only Python programs can be run", "runtime: python")
    backend = data.get("backend")
    return Project(
        file,
        name,
        main=str(data["main"]) if data.get("main") else None,
        backend=str(backend["url"]) if isinstance(backend, dict) and backend.get("url") else None,
        stack_files=directory / str(data.get("stackConfigDir") or ""),
        declared=_declared(file, name, data.get("config")),
    )


def mapping(file: Path, fix: str) -> dict[str, Any]:
    """Read a YAML file that is a mapping. Raises InputError with the line of what is wrong."""
    document, problems = parse(read_text(file, str(file), fix), str(file))
    if problems:
        raise InputError(problems)
    if not isinstance(document.data, dict):
        raise InputError([document.problem((), "is no mapping", fix)])
    return document.data


def full_key(project: str, key: str) -> str:
    """Return a configuration key with its namespace, which is the project's where none is written."""
    return key if ":" in key else f"{project}:{key}"


def _declared(file: Path, name: str, config: object) -> tuple[Declared, ...]:
    if not isinstance(config, dict):  # a text is the old name of stackConfigDir, which holds no declarations
        return ()
    return tuple(_declare(file, name, key, given) for key, given in sorted(config.items()))


def _declare(file: Path, name: str, key: str, given: object) -> Declared:
    full = full_key(name, key)
    if not isinstance(given, dict):
        return Declared(full, default=given)
    typed, default = given.get("type"), given.get("default", given.get("value"))
    own = full.startswith(f"{name}:")
    if typed is not None and typed not in _TYPES:
        raise _wrong(file, f"config.{key}.type", f"is {typed!r}", f"one of {', '.join(_TYPES)}")
    if not own and (typed or default is None):
        raise _wrong(
            file, f"config.{key}", "belongs to another namespace than the project's", "give its `value:` alone"
        )
    items = given.get("items")
    if typed == "array" and not isinstance(items, dict):
        raise _wrong(file, f"config.{key}", "is an array and doesn't say of what", "add `items: {type: string}`")
    return Declared(full, typed, items, default, bool(given.get("secret")))


def _wrong(file: Path, field: str, what: str, allowed: str) -> InputError:
    return InputError([Problem(str(file), None, field, what, allowed)])
