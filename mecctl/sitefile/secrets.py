"""The values that a site file refers to, read from where they are."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mecctl.errors import InputError, Problem
from mecctl.sitefile import SITE_FILE, vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.model import Reference, Site
    from mecctl.sitefile import SiteFolder

MAX_BYTES = 2**20
"""What a Secret may hold (https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size)."""


def opened(folder: SiteFolder, environment: Mapping[str, str] = os.environ) -> SiteFolder:
    """Return the folder with its secrets; the vault's password is only asked for where something is in it.

    Raises InputError with every secret that isn't there.
    """
    source, found, problems = _Source(folder, environment), {}, []
    for field, key, reference in _references(folder.site):
        try:
            found[key] = source.value(reference)
        except _Missing as missing:
            problems.append(Problem(f"{folder.path}/{SITE_FILE}", None, field, missing.what, missing.allowed))
    if problems:
        raise InputError(problems)
    return replace(folder, secrets=found)


def _references(site: Site) -> Iterator[tuple[str, str, Reference]]:
    """Yield each reference with its field and its key in SiteFolder.secrets."""
    for index, workload in enumerate(site.workloads):
        for name, reference in workload.secret_env.items():
            yield f"spec.workloads[{index}].env.{name}", f"{workload.name}/{name}", reference
        for at, file in enumerate(workload.files):
            if file.reference:
                yield f"spec.workloads[{index}].files[{at}]", f"{workload.name}/{file.path}", file.reference


class _Missing(Exception):  # noqa: N818 - it is told as a problem of the site file
    def __init__(self, what: str, allowed: str) -> None:
        super().__init__(what)
        self.what = what
        self.allowed = allowed


class _Source:
    """Where the secrets of one run come from."""

    def __init__(self, folder: SiteFolder, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def value(self, reference: Reference) -> str:
        if reference.from_env is not None:
            return self._variable(reference.from_env)
        if reference.from_file is not None:
            return self._file(reference.from_file)
        return self._secret(str(reference.from_secret))

    @cached_property
    def _vault(self) -> dict[str, str]:
        return vault.read(self._folder.path, self._environment)

    def _variable(self, name: str) -> str:
        if name not in self._environment:
            raise _Missing(f"the environment variable {name} isn't set", "set it, and run the same command again")
        return self._environment[name]

    def _file(self, name: str) -> str:
        path = self._folder.resolve(name)
        try:
            content = path.read_bytes()
            text = content.decode()
        except OSError as error:
            raise _Missing(f"{path} can't be read: {error.strerror}", "a file with nothing but the secret") from error
        except UnicodeDecodeError as error:
            raise _Missing(f"{path} isn't text", "a file with nothing but the secret, in UTF-8") from error
        if len(content) > MAX_BYTES:
            raise _Missing(f"{path} is too big", f"at most {MAX_BYTES} bytes")
        return text.removesuffix("\n").removesuffix("\r")

    def _secret(self, name: str) -> str:
        path = self._folder.path / vault.FILE
        if not path.exists():
            raise _Missing(f"there is no {vault.FILE} to take {name} from", f"ansible-vault create {path}")
        if name not in self._vault:
            raise _Missing(f"{vault.FILE} has no {name}", f"add it: ansible-vault edit {path}")
        return self._vault[name]
