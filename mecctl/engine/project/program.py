"""A Pulumi project written in Python, as a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mecctl.engine.objects.values import secret
from mecctl.engine.project.project import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mecctl.engine.objects.values import Properties
    from mecctl.engine.project.project import Project

_PROVIDER = "kubernetes:"


@dataclass(frozen=True)
class Program:
    """A Pulumi project folder and what it is run with: `config` maps `project:key` to a string.

    The keys in `secrets` hold secrets. The configuration is the caller's (mecctl.engine.project.settings).
    """

    directory: Path
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    @property
    def project(self) -> str:
        """The project's name. Raises InputError when Pulumi.yaml isn't there or isn't one of a Python project."""
        return self._settings.name

    @property
    def main(self) -> Path:
        """The file that is run: `__main__.py` in the project's folder, or in that or as `main:` says."""
        main = self.directory / (self._settings.main or ".")
        return main / "__main__.py" if main.is_dir() else main

    def provider(self) -> Properties:
        """Return what the configuration says of the default Kubernetes provider (`kubernetes:kubeconfig`, …)."""
        return {key[len(_PROVIDER) :]: value for key, value in self.config.items() if key.startswith(_PROVIDER)}

    def hidden(self) -> Properties:
        """Return what is secret in the configuration, marked as such; of an object each part, for those come out."""
        found: Properties = {}
        for key in self.secrets:
            text = self.config[key]
            found[key] = secret([text, *_parts(text)])
        return found

    @cached_property
    def _settings(self) -> Project:
        return read(self.directory)


def _parts(text: str) -> list[object]:
    try:
        value = json.loads(text)
    except ValueError:
        return []
    return [value] if isinstance(value, dict | list) else []
