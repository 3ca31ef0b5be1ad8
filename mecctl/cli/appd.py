"""`mecctl app import` and `app export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption
from mecctl.cli.printing import print_json


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An AppD: MEC 010-2, TOSCA, or a CAMARA manifest.")],
    part: Annotated[str, typer.Option("--slice", metavar="SLICE", help="The slice it shall run in.")],
    name: Annotated[str | None, typer.Option(help="The workload's name; the file's if not given.")] = None,
    image: Annotated[str | None, typer.Option(help="The image with its tag or digest, before the file's.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse what isn't as the standard has it or can't be honoured.")
    ] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print an AppD as a workload for site.yaml, and on stderr what became of its attributes."""
    from mecctl.report.appd import import_to_json, import_to_text, import_to_yaml
    from mecctl.sitefile.appdimport import import_appd

    found = import_appd(file, part, name, image, strict=strict)
    typer.echo(import_to_text(found), err=True)
    print_json(import_to_json(found)) if output is Format.json else typer.echo(import_to_yaml(found), nl=False)


def export(
    site: SiteArgument,
    name: Annotated[str, typer.Argument(metavar="APP", help="The workload's name in the site file.")],
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print a workload of a site as an AppD, and on stderr what an AppD has no place for."""
    from mecctl.cluster.apps import chosen
    from mecctl.report.appd import export_to_text
    from mecctl.sitefile import load
    from mecctl.sitefile.appdimport import export_appd

    found = load(site, INVENTORIES).site
    (work,) = chosen(found, name)
    written = export_appd(found, work)
    if said := export_to_text(written):
        typer.echo(said, err=True)
    about = {"site": found.name, "app": name, "ok": True, "leftOut": written.left_out, "filled": list(written.filled)}
    whole = {**about, "stale": list(written.stale), "appd": written.document}
    print_json(whole if output is Format.json else written.document)
