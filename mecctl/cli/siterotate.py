"""`mecctl site rotate`: secrets of a site's own, changed in running order."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption, YesOption
from mecctl.cli.printing import print_json
from mecctl.cli.progress import shown
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.plan.change import Change
    from mecctl.sitefile import SiteFolder


class What(StrEnum):
    """What is changed."""

    ssh_key = "ssh-key"
    encryption_key = "encryption-key"
    certs = "certs"
    tokens = "tokens"


BUILT = (What.ssh_key, What.encryption_key)


def rotate(
    site: SiteArgument,
    what: Annotated[What, typer.Argument(help="What to change; so far ssh-key or encryption-key.")],
    output: OutputOption = Format.text,
    yes: YesOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Change the SSH key of the nodes, or the key that encrypts Secrets; a plain re-run goes on after any failure."""
    from mecctl import sitelock
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    if what not in BUILT:
        raise InputError(
            [Problem("WHAT", None, "", f"changing a site's {what.value} isn't built yet", ", ".join(BUILT))]
        )
    if not yes:
        confirm(f"the {what.value} of all nodes is replaced by a new one", folder.site.name)
    with sitelock.hold(folder.state, "mecctl site rotate"):
        changes = _ssh_key(folder) if what is What.ssh_key else _encryption_key(folder, verbose=verbose)
    if output is Format.json:
        print_json({"site": folder.site.name, "ok": True, "changes": [asdict(change) for change in changes]})
        return
    for change in changes:
        typer.echo(f"~ {change.subject}  ({change.reason})")


def _ssh_key(folder: SiteFolder) -> tuple[Change, ...]:
    from mecctl.nodes.sshkey import Rotation

    return Rotation(folder).run()


def _encryption_key(folder: SiteFolder, *, verbose: bool) -> tuple[Change, ...]:
    from mecctl.cluster.encryption import EncryptedApi
    from mecctl.cluster.health import connect
    from mecctl.nodes.encryption import rotate as change

    with shown(verbose=verbose) as watcher, connect(folder.state / "kubeconfig", folder.site) as client:
        return change(folder, EncryptedApi(client, watcher))
