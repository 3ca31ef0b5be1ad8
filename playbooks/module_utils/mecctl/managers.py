"""Package managers: what is installed, and how more is, on systems of the Debian, RHEL and SUSE families."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS = Path("/var/lib/dpkg/status")
_INSTALLING = 900
_REFRESHING = 300


@dataclass(frozen=True)
class Manager:
    """A package manager: its program, the words that install and that fetch new lists, and who knows what is there.

    `by_hand` is what a person types to install, `environment` what keeps it from asking or from giving up early.
    """

    install: tuple[str, ...]
    refresh: tuple[str, ...]
    installed: Callable[[], set[str]]
    by_hand: str
    environment: dict[str, str]

    def bring(self, names: list[str]) -> None:
        """Install packages, with new lists where the old ones don't do. Raises NodeError."""
        install = [*self.install, *names]
        if run(install, timeout=_INSTALLING, check=False, env=self.environment).code == 0:
            return
        run(list(self.refresh), timeout=_REFRESHING, env=self.environment, check=False)
        ended = run(install, timeout=_INSTALLING, check=False, env=self.environment)
        if ended.code:
            fix = f"on the node: {self.by_hand} {' '.join(names)}"
            raise NodeError(f"{install[0]} could not install {', '.join(names)}", why=ended.last, fix=fix)


def find() -> Manager:
    """Return this system's manager. Raises NodeError where there is none that is known."""
    for manager in MANAGERS:
        if shutil.which(manager.install[0]):
            return manager
    known = ", ".join(manager.install[0] for manager in MANAGERS)
    raise NodeError("its packages can't be managed", why=f"none of {known} is there", fix="a system that has one")


def _by_dpkg() -> set[str]:
    """The names of the packages that dpkg has wholly installed, from its own record."""
    found: set[str] = set()
    name = ""
    for line in STATUS.read_text(errors="replace").splitlines():
        if line.startswith("Package: "):
            name = line[9:]
        elif line.startswith("Status: ") and line.endswith(" ok installed"):
            found.add(name)
    return found


def _by_rpm() -> set[str]:
    """The names of the packages in RPM's database."""
    return set(run(["rpm", "--query", "--all", "--queryformat", "%{NAME}\\n"], timeout=60).out.split())


_APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3")
_ZYPPER = ("zypper", "--quiet", "--non-interactive")
# A dnf that finds another one at work waits for it; zypper does when it is told for how many seconds.
MANAGERS = (
    Manager(
        install=(*_APT, "install", "--no-install-recommends"),
        refresh=(*_APT, "update"),
        installed=_by_dpkg,
        by_hand="apt-get install",
        environment={"DEBIAN_FRONTEND": "noninteractive"},
    ),
    Manager(
        install=("dnf", "-q", "-y", "--setopt=install_weak_deps=False", "install"),
        refresh=("dnf", "-q", "-y", "makecache", "--refresh"),
        installed=_by_rpm,
        by_hand="dnf install",
        environment={},
    ),
    Manager(
        install=(*_ZYPPER, "install", "--no-recommends"),
        refresh=(*_ZYPPER, "refresh"),
        installed=_by_rpm,
        by_hand="zypper install",
        environment={"ZYPP_LOCK_TIMEOUT": "120"},
    ),
)
