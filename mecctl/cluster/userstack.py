"""A user's own Pulumi project and what it runs with: stack, configuration, cluster, state, passphrase, engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.cluster.passphrase import NAMES, passphrase
from mecctl.engine.choice import choose, opened
from mecctl.engine.names import EngineName
from mecctl.engine.project import project as projects
from mecctl.engine.project import settings
from mecctl.engine.project.program import Program
from mecctl.errors import InputError, Problem, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.engine.choice import StackEngine
    from mecctl.engine.project.project import Project
    from mecctl.engine.run.events import Listener
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

_BACKEND = "PULUMI_BACKEND_URL"
_OWN = ".mecctl"
_FOLDER = "file://"


@dataclass(frozen=True)
class UserStack:
    """One stack of the project in `directory`; what isn't given is found as Pulumi's CLI and kubectl would.

    With a `site`, its cluster and its state are used. `given` is configuration by key, before all other.
    """

    directory: Path
    name: str | None = None
    site: SiteFolder | None = None
    kubeconfig_file: Path | None = None
    config_file: Path | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    wanted: EngineName = EngineName.auto
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @cached_property
    def project(self) -> Project:
        """The project. Raises InputError when the folder has none."""
        return projects.read(self.directory)

    @cached_property
    def stack(self) -> str:
        """The stack's name: the one given, else the only one with a configuration file, else `dev`."""
        if self.name:
            return self.name
        found = settings.stacks(self.project)
        if len(found) > 1:
            said = f"there are several stacks: {', '.join(found)}"
            raise InputError([Problem(str(self.project.stack_files), None, "", said, "choose one with --stack")])
        return found[0] if found else "dev"

    @cached_property
    def engine_name(self) -> EngineName:
        """The engine that runs it: the one wanted, else the site's."""
        sites = self.site.site.spec.engine if self.site else self.wanted
        return choose(EngineName(sites) if self.wanted is EngineName.auto else self.wanted, self.environment)

    @cached_property
    def program(self) -> Program:
        """The program with its configuration. Raises InputError for what is wrong in it."""
        found = settings.configure(
            self.project, self.stack, lambda: self.passphrase, file=self.config_file, given=self.given
        )
        return Program(self.directory.resolve(), self.stack, found.values, found.secrets)

    @cached_property
    def state(self) -> Path | str:
        """Where the state is: where the environment or the project says (a URL, if it is no folder of this machine).

        Else it is the site's, or beside the project.
        """
        url = self.environment.get(_BACKEND) or self.project.backend
        if not url:
            return (self.site.state if self.site else self._own_folder()) / "state"
        if not url.startswith(_FOLDER):
            return url
        base = Path() if self.environment.get(_BACKEND) else self.directory
        return (base / Path(url.removeprefix(_FOLDER)).expanduser()).resolve()

    @cached_property
    def kubeconfig(self) -> Path:
        """The kubeconfig: the one given, the site's, that of KUBECONFIG, or kubectl's own.

        Raises UnreachableError when the site has no cluster yet, InputError when there is no such file.
        """
        if self.site:
            own = self.site.state / "kubeconfig"
            if not own.exists():
                raise UnreachableError(
                    f"{self.site.site.name} has no cluster yet", fix=f"mecctl site up {self.site.site.name}"
                )
            return own
        named = self.environment.get("KUBECONFIG")
        file = self.kubeconfig_file or Path(named or "~/.kube/config").expanduser()
        if not file.is_file():
            allowed = "name one with --kubeconfig or KUBECONFIG, or a site with --site"
            raise InputError([Problem(str(file), None, "", "there is no such kubeconfig", allowed)])
        return file

    @cached_property
    def passphrase(self) -> str:
        """What encrypts the secrets: the environment's, or one of the site's or the project's own."""
        if any(name in self.environment for name in NAMES):
            return passphrase(self.directory, self.environment)
        if isinstance(self.state, str):
            said = f"is not set, and the state at {self.state} is open to other machines, which need it too"
            raise InputError([Problem(NAMES[0], None, "", said, "set it, or PULUMI_CONFIG_PASSPHRASE_FILE")])
        return passphrase(self.site.state if self.site else self._own_folder(), self.environment)

    def open(self, progress: Progress, listener: Listener) -> StackEngine:
        """Return the engine, to be used in a `with`."""
        own = self.site.state if self.site else self.directory.resolve() / _OWN
        if self.engine_name is EngineName.pulumi and not self.site:
            self._own_folder()
        work = own / "pulumi"
        return opened(
            self.engine_name, self.state, self.kubeconfig, self.passphrase, progress, listener=listener, work=work
        )

    def _own_folder(self) -> Path:
        """Make the folder of the project's own state, which is nothing for its repository."""
        folder = self.directory.resolve() / _OWN
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        return folder
