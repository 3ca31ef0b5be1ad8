"""The Vagrant client: it makes a lab's virtual machines from what is written down about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mecctl.errors import CommandError, MecctlError
from mecctl.lab.files import write
from mecctl.process import run
from mecctl.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

BOOT_TIMEOUT = 300
"""Seconds for a machine to boot and let Vagrant in; by emulation on a busy machine it takes one or two minutes."""
_OVERHEAD = 600.0
_LINES = 8


class Vagrant:
    """Runs Vagrant with a home and a folder of its own, whatever the user's are."""

    def __init__(self, state: Path, home: Path) -> None:
        """`state` keeps what this lab's machines are, `home` the boxes of all labs."""
        self.machines = state / "machines.json"
        self._environment = {
            "MECCTL_MACHINES": str(self.machines),
            "VAGRANT_CWD": str(resource("lab") / "vm"),
            "VAGRANT_DOTFILE_PATH": str(state / "vagrant"),
            "VAGRANT_HOME": str(home),
            "VAGRANT_DEFAULT_PROVIDER": "libvirt",
            "VAGRANT_CHECKPOINT_DISABLE": "1",
            "VAGRANT_NO_COLOR": "1",
        }

    def describe(self, machines: dict[str, Any]) -> None:
        """Write down what the machines are."""
        write(self.machines, json.dumps(machines, indent=1), 0o600)

    def destroy(self, name: str) -> None:
        """Remove a machine with its disk, as it was last described; raises CommandError when that fails."""
        run(["vagrant", "destroy", "--force", name], env=self._environment, timeout=_OVERHEAD)

    def up(self, console: dict[str, Path]) -> None:
        """Make the machines run that don't; `console` has each one's file of what it says.

        Raises MecctlError with the last lines of the console of each machine when one doesn't come up in time.
        """
        try:
            run(["vagrant", "up"], env=self._environment, timeout=BOOT_TIMEOUT + _OVERHEAD)
        except CommandError as error:
            if not error.output:
                raise
            told = [f"console of {name}: {line}" for name, file in console.items() for line in _tail(file)]
            raise MecctlError(
                "Vagrant could not bring all machines up",
                why="\n".join([*_fault(error.output), *told]),
                fix="run the same command again; a machine that hangs goes with mecctl lab down",
            ) from error


def _fault(output: str) -> list[str]:
    """Return what Vagrant says is wrong: its last lines that aren't Ruby's trace."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("\tfrom ")]
    return [line for line in lines if not line.startswith("==> ")][-_LINES:]


def _tail(file: Path) -> list[str]:
    text = file.read_text(errors="replace") if file.exists() else ""
    return [line for line in text.splitlines() if line.strip()][-_LINES:]
