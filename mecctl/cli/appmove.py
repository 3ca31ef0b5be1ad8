"""`mecctl app move`: a workload to another site, without a lost request."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.options import INVENTORIES, Format, OutputOption, VerboseOption
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.model import Workload
    from mecctl.sitefile import SiteFolder


def move(
    name: Annotated[str, typer.Argument(metavar="APP", help="The workload's name in both site files.")],
    source: Annotated[str, typer.Option("--from", metavar="SITE", help="The site where it is.")],
    target: Annotated[str, typer.Option("--to", metavar="SITE", help="The site where it shall be.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask where the site file wants a confirmation.")] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Move a workload to another site; one that was broken off is finished or undone by the same command."""
    from mecctl import sitelock
    from mecctl.cli.asking import confirm
    from mecctl.cluster.health import connect
    from mecctl.cluster.moving.move import Move
    from mecctl.cluster.moving.side import Side
    from mecctl.sitefile import load

    here, there = load(source, INVENTORIES), load(target, INVENTORIES)
    pair = [(folder, _movable(folder, name)) for folder in (here, there)]
    _differ(here, there, name)
    mode = pair[0][1].mobility
    if mode and mode.mode == "with-confirmation" and not yes:
        confirm(f"{name} moves from {here.site.name} to {there.site.name}", name)
    with ExitStack() as stack:
        sides = []
        for folder, work in pair:
            stack.enter_context(sitelock.hold(folder.state, "mecctl app move"))
            client = stack.enter_context(connect(folder.state / "kubeconfig", folder.site))
            sides.append(Side(client, folder.site, work))
        done = Move(sides[0], sides[1], lambda text: typer.echo(text, err=True)).run()
    value = {
        "app": name,
        "from": here.site.name,
        "to": there.site.name,
        "ok": True,
        "ended": done.ended,
        "epoch": done.epoch,
        "freezeSeconds": done.freeze,
        "bytes": done.carried,
        "states": [{"name": state, "seconds": seconds} for state, seconds in done.states.items()],
    }
    if output is Format.json:
        print_json(value)
    else:
        held = "" if done.freeze is None else f", requests waited at most {1000 * done.freeze:.0f} ms"
        typer.echo(f"{name} is at {there.site.name} ({done.ended}{held})")


def _movable(folder: SiteFolder, name: str) -> Workload:
    from mecctl.cluster.apps import chosen

    (work,) = chosen(folder.site, name)
    if not work.gated:
        what = "may not be moved: the site file doesn't say mobility:, or says not-allowed"
        raise InputError([Problem(folder.site.name, None, name, what, "mode: with- or without-confirmation")])
    return work


def _differ(here: SiteFolder, there: SiteFolder, name: str) -> None:
    if here.path.resolve() == there.path.resolve():
        raise InputError([Problem("--to", None, name, f"is at {here.site.name}, too", "another site than --from")])
    known = {peer.name for peer in here.site.spec.peers}, {peer.name for peer in there.site.spec.peers}
    if there.site.name not in known[0] or here.site.name not in known[1]:
        what = f"{here.site.name} and {there.site.name} aren't each other's peers"
        raise InputError([Problem("--to", None, name, what, "peers: in both site files, with their nodes' addresses")])
