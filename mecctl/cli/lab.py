"""`mecctl lab …`: local nodes for a site, on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from mecctl.cli.options import INVENTORIES, Driver, SiteArgument, VerboseOption
from mecctl.cli.progress import shown

app = typer.Typer(help="Local nodes for a site, on this machine.", no_args_is_help=True)


@app.command()
def up(
    site: SiteArgument,
    driver: Annotated[
        Driver | None, typer.Option("--driver", help="What makes the nodes; what the site says, if left out.")
    ] = None,
    ground: Annotated[
        bool, typer.Option("--ground", help="All but the virtual machines themselves, for a plain `vagrant up`.")
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Start a container or a virtual machine for each node of the site, on a network that leads nowhere else."""
    from mecctl import lab
    from mecctl.artifacts.store import Store
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    if driver is not None:
        folder = lab.with_driver(folder, driver.value)
    with shown(verbose=verbose) as watcher:
        lab.up(folder, Store(), watcher, ground_only=ground)
    if ground:
        typer.echo(f"all is ready for the machines of {folder.site.name}; next: SITE={site} vagrant up")
        return
    typer.echo(f"the lab of {folder.site.name} is up; next: mecctl site up {site}")


@app.command()
def down(
    site: SiteArgument,
    purge: Annotated[bool, typer.Option("--purge", help="Remove the cached node image and box too.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Remove the lab's nodes with their data, its network, rules and keys."""
    from mecctl import lab, sitelock
    from mecctl.sitefile import load
    from mecctl.workflow import forget_cluster

    folder = load(site, INVENTORIES)
    with shown(verbose=verbose) as watcher, sitelock.hold(folder.state, "mecctl lab down"):
        lab.down(folder, watcher, purge=purge)
        forget_cluster(folder.state)
    typer.echo(f"the lab of {folder.site.name} is gone")
