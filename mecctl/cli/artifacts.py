"""`mecctl artifacts …`: what is installed on nodes, pinned and cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from mecctl.cli.options import INVENTORIES, SiteArgument, VerboseOption
from mecctl.cli.progress import shown

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact
    from mecctl.sitefile import SiteFolder

app = typer.Typer(
    help="What mecctl installs on nodes: pinned by sha256, built or downloaded, cached.", no_args_is_help=True
)


@app.command()
def fetch(site: SiteArgument, verbose: VerboseOption = False) -> None:
    """Download or build all that the site's nodes need, ahead of `site up`."""
    from mecctl.artifacts.store import Store
    from mecctl.sitefile import load

    needed = _needed(load(site, INVENTORIES))
    with shown(verbose=verbose) as watcher:
        blobs = Store().ensure(needed, watcher)
    for key, blob in sorted(blobs.items()):
        typer.echo(f"{blob.sha256[:12]}  {blob.size / 1e6:7.1f} MB  {key} {blob.artifact.version}")


@app.command()
def pin(site: SiteArgument) -> None:
    """Write the publishers' own sha256 of what isn't pinned yet into the site's artifacts.lock.yaml."""
    from mecctl.artifacts.download import fetch_text
    from mecctl.artifacts.pin import pin as write
    from mecctl.artifacts.select import site_lock
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    pinned = write(_needed(folder), fetch_text, site_lock(folder))
    for artifact in pinned:
        typer.echo(f"{artifact.sha256}  {artifact.key} {artifact.version}")
    typer.echo(f"{len(pinned)} pinned in {site_lock(folder)}; look at them, then commit the file")


def _needed(folder: SiteFolder) -> list[Artifact]:
    from mecctl.artifacts.select import for_site

    return list({artifact.key: artifact for found in for_site(folder).values() for artifact in found}.values())
