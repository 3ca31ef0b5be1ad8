"""`mecctl site rotate`: secrets of a site's own, changed in running order."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption, YesOption
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, Problem


class What(StrEnum):
    """What is changed."""

    ssh_key = "ssh-key"
    encryption_key = "encryption-key"
    certs = "certs"
    tokens = "tokens"


def rotate(
    site: SiteArgument,
    what: Annotated[What, typer.Argument(help="What to change; so far ssh-key.")],
    output: OutputOption = Format.text,
    yes: YesOption = False,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Change the SSH key that mecctl logs in to the nodes with; a plain re-run goes on after any failure."""
    from mecctl import sitelock
    from mecctl.nodes.sshkey import Rotation
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    if what is not What.ssh_key:
        raise InputError([Problem("WHAT", None, "", f"changing a site's {what.value} isn't built yet", "ssh-key")])
    rotation = Rotation(folder)
    if not yes:
        confirm(f"the key {rotation.path} is replaced by a new one on all nodes", folder.site.name)
    with sitelock.hold(folder.state, "mecctl site rotate"):
        changes = rotation.run()
    if output is Format.json:
        print_json({"site": folder.site.name, "ok": True, "changes": [asdict(change) for change in changes]})
        return
    for change in changes:
        typer.echo(f"~ {change.subject}  ({change.reason})")
