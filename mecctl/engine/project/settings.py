"""A stack's configuration: Pulumi.<stack>.yaml, what the project declares, and what the command line adds.

Values reach a program as Pulumi's SDK expects them: text as it is, everything else as JSON (pulumi/pulumi
sdk/go/common/resource/config/object.go); what is `secure:` is decrypted by the passphrase and the file's salt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.project.project import full_key, mapping
from mecctl.errors import InputError, MecctlError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mecctl.engine.project.project import Declared, Project

_FIX = "a stack's configuration: `config:` with `key: value`"
_REFUSED = {
    "environment": "Pulumi ESC's environments need Pulumi's service",
    "secretsprovider": "secrets that a cloud's key service keeps can't be opened",
}


@dataclass(frozen=True)
class Config:
    """Configuration by full key (`project:key`); the keys in `secrets` hold secrets, in the clear."""

    values: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


def stack_file(project: Project, stack: str) -> Path:
    """Return where the configuration of a stack stands; the file need not be there."""
    return project.stack_files / f"Pulumi.{stack}.yaml"


def stacks(project: Project) -> list[str]:
    """Return the stacks that have a configuration file."""
    return sorted(
        file.name.split(".", 1)[1].removesuffix(".yaml") for file in project.stack_files.glob("Pulumi.*.yaml")
    )


def configure(
    project: Project, stack: str, passphrase: Callable[[], str], *, file: Path | None = None, given: Mapping[str, str]
) -> Config:
    """Return the configuration that a program runs with; what is `given` (key to text) comes before the file's.

    `passphrase` is asked for only where something is encrypted. Raises InputError for what the file or the project
    doesn't allow or misses, MecctlError for a wrong passphrase.
    """
    file = file or stack_file(project, stack)
    data = mapping(file, _FIX) if file.exists() else {}
    for name, why in _REFUSED.items():
        if data.get(name) not in (None, "", "passphrase"):
            raise _wrong(file, name, f"isn't known: {why}", "take it out, or use `engine: pulumi`")
    written = data.get("config") or {}
    if not isinstance(written, dict):
        raise _wrong(file, "config", "is no mapping", _FIX)
    own = {full_key(project.name, key): value for key, value in written.items()}
    values: dict[str, Any] = {one.key: one.default for one in project.declared if one.default is not None}
    values |= own | {full_key(project.name, key): value for key, value in given.items()}
    _check(project, stack, file, values)
    secrets = frozenset(key for key, value in values.items() if _is_secure(value))
    if secrets:
        values = _opened(values, data, file, passphrase())
    return Config({key: as_text(value) for key, value in values.items()}, secrets)


def as_text(value: object) -> str:
    """Return a value as the SDK reads it."""
    return value if isinstance(value, str) else json.dumps(_whole(value), separators=(",", ":"), ensure_ascii=False)


def _whole(value: object) -> object:
    """Return a value with whole floats as integers, the way Go writes them."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_secure(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(map(_is_secure, value.values()))
    return isinstance(value, list) and any(map(_is_secure, value))


def _opened(values: dict[str, Any], data: dict[str, Any], file: Path, passphrase: str) -> dict[str, Any]:
    salt = data.get("encryptionsalt")
    if not isinstance(salt, str) or salt.count(":") < 4:
        raise _wrong(file, "encryptionsalt", "is missing or damaged, while values are `secure:`", "the file as it was")
    crypter = Crypter.resume(passphrase, salt)
    try:
        crypter.check(salt)
        return {key: _decrypted(value, crypter) for key, value in values.items()}
    except MecctlError as error:
        raise MecctlError(
            "the passphrase does not open the secrets in the stack's configuration",
            where=str(file),
            why="it is another one than they were encrypted with, or the file was altered",
            fix="set PULUMI_CONFIG_PASSPHRASE to the passphrase the stack was made with",
        ) from error


def _decrypted(value: object, crypter: Crypter) -> object:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return crypter.decrypt(str(value["secure"]))
        return {key: _decrypted(inner, crypter) for key, inner in value.items()}
    return [_decrypted(inner, crypter) for inner in value] if isinstance(value, list) else value


def _check(project: Project, stack: str, file: Path, values: Mapping[str, object]) -> None:
    """Refuse what the project's declarations don't allow, all at once."""
    problems = [
        Problem(str(file), None, one.key.removeprefix(f"{project.name}:"), what, allowed)
        for one in project.declared
        for what, allowed in _faults(one, values.get(one.key), stack)
    ]
    if problems:
        raise InputError(problems)


def _faults(one: Declared, value: object, stack: str) -> list[tuple[str, str]]:
    name = one.key.partition(":")[2]
    if value is None:
        return [(f"the stack {stack} has no value for it, and the project no default", f"give one: --config {name}=…")]
    if one.secret and not _is_secure(value):
        return [("must be encrypted: the project says it is secret", f"pulumi config set --secret {name}")]
    if one.type and not _is_secure(value) and not _fits(one.type, one.items, value, top=True):
        return [(f"is not of the type {one.type} that the project declares", "")]
    return []


def _fits(typed: str, items: dict[str, Any] | None, value: object, *, top: bool = False) -> bool:
    if typed == "array":
        inner = items or {}
        return isinstance(value, list) and all(_fits(inner.get("type", ""), inner.get("items"), one) for one in value)
    if typed == "object":
        return isinstance(value, dict)
    if isinstance(value, dict | list):
        return False
    text = as_text(value)
    fits = {"integer": text.lstrip("+-").isdigit(), "boolean": text in ("true", "false")}
    return fits.get(typed, isinstance(value, str) or top)


def _wrong(file: Path, place: str, what: str, allowed: str) -> InputError:
    return InputError([Problem(str(file), None, place, what, allowed)])
