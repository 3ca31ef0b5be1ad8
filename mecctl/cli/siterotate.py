"""`mecctl site rotate`: secrets of a site's own, changed in running order."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption, YesOption
from mecctl.cli.printing import print_json
from mecctl.cli.progress import shown


class What(StrEnum):
    """What is changed."""

    ssh_key = "ssh-key"
    encryption_key = "encryption-key"
    ipsec_key = "ipsec-key"
    certs = "certs"
    tokens = "tokens"


_WARNED = {
    What.ssh_key: "the ssh-key of all nodes is",
    What.encryption_key: "the encryption-key of all nodes is",
    What.ipsec_key: "the ipsec-key of all nodes is",
    What.certs: "all certificates of the cluster are",
    What.tokens: "all tokens by which nodes join are",
}


def rotate(
    site: SiteArgument,
    what: Annotated[What, typer.Argument(help="What to change.")],
    output: OutputOption = Format.text,
    yes: YesOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Change keys, certificates or tokens of a site while it runs; a plain re-run goes on after any failure."""
    from mecctl import rotation, sitelock
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    if not yes:
        confirm(f"{_WARNED[what]} replaced", folder.site.name)
    work = {
        What.ssh_key: rotation.ssh_key,
        What.encryption_key: rotation.encryption_key,
        What.ipsec_key: rotation.ipsec_key,
        What.certs: rotation.certs,
        What.tokens: rotation.tokens,
    }
    with sitelock.hold(folder.state, "mecctl site rotate"), shown(verbose=verbose) as watcher:
        changes = work[what](folder, watcher)
    if output is Format.json:
        print_json({"site": folder.site.name, "ok": True, "changes": [asdict(change) for change in changes]})
        return
    for change in changes:
        typer.echo(f"~ {change.subject}  ({change.reason})")
