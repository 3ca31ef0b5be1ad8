"""A Pulumi project written in Python, as a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A Pulumi project folder and what it is run with: `config` maps `project:key` to a string.

    The stack's configuration files (Pulumi.<stack>.yaml) are for Pulumi's CLI and aren't read.
    """

    directory: Path
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The project's name. Raises MecctlError when Pulumi.yaml isn't there or isn't one of a Python project."""
        return str(self._settings()["name"])

    @property
    def main(self) -> Path:
        """The folder or file that is run."""
        return self.directory / str(self._settings().get("main") or "__main__.py")

    def _settings(self) -> dict[str, Any]:
        file = self.directory / "Pulumi.yaml"
        try:
            settings = yaml.safe_load(file.read_text())
        except (OSError, yaml.YAMLError) as error:
            raise MecctlError("the Pulumi project can't be read", where=str(file), why=str(error)) from error
        runtime = settings.get("runtime") if isinstance(settings, dict) else None
        name = runtime.get("name") if isinstance(runtime, dict) else runtime
        if name != "python" or not settings.get("name"):
            raise MecctlError("this is not a Pulumi project with a name and the runtime python", where=str(file))
        return dict(settings)
