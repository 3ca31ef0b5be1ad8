"""secrets.yaml beside a site file: names and values, encrypted by Ansible Vault; the only importer of that.

It is decrypted in memory only, by Ansible's own library (ansible.parsing.vault), so `ansible-vault create`, `edit` and
`rekey` are the tools for it.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl import process
from mecctl.document import parse, read_text
from mecctl.errors import CommandError, InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "secrets.yaml"
PASSWORD_FILES = ("MECCTL_VAULT_PASSWORD_FILE", "ANSIBLE_VAULT_PASSWORD_FILE")
_HEADER = b"$ANSIBLE_VAULT;"
_FORM = "`name: text`, one a line"


def problems(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the file, as far as it shows without the password: it must be encrypted."""
    path = folder / FILE
    if path.exists() and not path.read_bytes().startswith(_HEADER):
        what = "isn't encrypted, so whoever reads the folder reads the secrets"
        yield Problem(str(path), None, "", what, f"ansible-vault encrypt {path}; then change them, if it was committed")


def read(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the secrets by name. Raises InputError for a password that is missing or wrong and for a wrong form."""
    path = folder / FILE
    text = read_text(path, str(path), f"ansible-vault create {path}")
    document, found = parse(_decrypted(path, text, _password(path, environment)), str(path))
    values = document.data if isinstance(document.data, dict) else {}
    found += [] if values else [Problem(str(path), None, "", "holds no names and values", _FORM)]
    found += [
        Problem(str(path), document.line((name,)), name, "isn't text", f'{_FORM}; quote a number: {name}: "…"')
        for name, value in values.items()
        if not isinstance(value, str)
    ]
    if found:
        raise InputError(found)
    return values


def _decrypted(path: Path, text: str, password: str) -> str:
    from ansible.errors import AnsibleError  # noqa: PLC0415 - slow to import, and few sites have secrets
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415

    try:
        content: bytes = VaultLib([("default", VaultSecret(password.encode()))]).decrypt(text)
    except AnsibleError as error:
        allowed = f"the password that {path.name} was encrypted with ({' or '.join(PASSWORD_FILES)} names its file)"
        raise InputError([Problem(str(path), None, "", "the vault password doesn't open it", allowed)]) from error
    return content.decode()


def _password(path: Path, environment: Mapping[str, str]) -> str:
    for name in PASSWORD_FILES:
        if named := environment.get(name):
            return _from_file(name, Path(named).expanduser())
    if not sys.stdin.isatty():
        allowed = f"set {PASSWORD_FILES[0]} to the file of its password"
        raise InputError([Problem(str(path), None, "", "is encrypted, and there is no terminal to ask at", allowed)])
    return getpass.getpass(f"Vault password for {path}: ")


def _from_file(name: str, path: Path) -> str:
    """Read a password file; one that is a program is run, as Ansible does, and prints the password."""
    try:
        said = process.run([path]).stdout if os.access(path, os.X_OK) and path.is_file() else path.read_text()
    except (OSError, CommandError) as error:
        why = error.strerror if isinstance(error, OSError) else error.what
        raise InputError([Problem(name, None, "", f"{path} can't be read: {why}", "the file of a password")]) from error
    return said.strip()
