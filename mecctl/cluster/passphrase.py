"""The passphrase that encrypts secrets in stack state: the user's own, or a random one kept beside the state."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Mapping

_VALUE, _FILE = NAMES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def passphrase(state: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return PULUMI_CONFIG_PASSPHRASE, or the text of PULUMI_CONFIG_PASSPHRASE_FILE, or that of `state`/passphrase.

    The last is made at first use, 0600. Raises MecctlError when a file is named that can't be read.
    """
    if _VALUE in environment:
        return environment[_VALUE]
    if named := environment.get(_FILE):
        return _read(Path(named), f"{_FILE} names it; correct or unset it")
    own = state / "passphrase"
    if not own.exists():
        _create(own)
    return _read(own, "make it readable to you; without it the secrets in the stack state are lost")


def _read(path: Path, fix: str) -> str:
    try:
        return path.read_text().rstrip("\r\n")
    except OSError as error:
        raise MecctlError("the passphrase file can't be read", where=str(path), why=error.strerror, fix=fix) from error


def _create(path: Path) -> None:
    """Write a random passphrase; of two processes at once one wins and both read its."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
