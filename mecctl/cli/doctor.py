"""`mecctl doctor`: what this machine lacks, and the command that mends it."""

from __future__ import annotations

from typing import Annotated

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import Driver, Format, OutputOption
from mecctl.cli.printing import print_json


def doctor(
    output: OutputOption = Format.text,
    driver: Annotated[
        Driver, typer.Option("--driver", help="vagrant: look at what labs of virtual machines need, too.")
    ] = Driver.podman,
) -> None:
    """Say what this machine lacks to run a lab and reach nodes, and the command that mends it."""
    from mecctl.lab import requirements

    found = requirements(machines=driver is Driver.vagrant)
    missing = [one for one in found if not one.ok]
    if output is Format.json:
        rows = [{"name": one.name, "ok": one.ok, "what": one.what, "fix": one.fix} for one in found]
        print_json({"ok": not missing, "requirements": rows})
    else:
        for one in found:
            typer.echo(f"{'✓' if one.ok else '✗'} {one.name:<14} {one.what}" + ("" if one.ok else f"\n    {one.fix}"))
        typer.echo(f"{len(missing)} things are missing" if missing else "this machine has all that mecctl needs")
    raise ExitWith(1 if missing else 0)
