"""`mecctl slice …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, Problem
from mecctl.standards.forms import Form

app = typer.Typer(help="Network slices: from a NEST to site.yaml and back.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A NEST in JSON: GST, Katana, ServiceProfile, CAMARA.")],
    name: Annotated[str | None, typer.Option(help="The slice's name; the file's if not given.")] = None,
    sst: Annotated[int | None, typer.Option(help="Slice/service type, before the file's.")] = None,
    sd: Annotated[str | None, typer.Option(help="Slice differentiator, with --sst.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what can't be honoured.")] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print a NEST as a slice for site.yaml, and on stderr what became of its attributes."""
    from mecctl.report.slice import import_to_json, import_to_text, slice_to_yaml
    from mecctl.sitefile.sliceimport import import_slice

    found = import_slice(file, name, sst, sd)
    if strict and found.unmet:
        raise InputError(found.unmet)
    typer.echo(import_to_text(found), err=True)
    print_json(import_to_json(found)) if output is Format.json else typer.echo(slice_to_yaml(found.slice), nl=False)


@app.command("export")
def export(
    site: SiteArgument,
    name: Annotated[str, typer.Argument(metavar="SLICE", help="The slice's name in the site file.")],
    form: Annotated[Form, typer.Option(help="The form to write.")] = Form.gst,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print a slice of a site as a NEST, and on stderr what its form has no place for."""
    from mecctl.report.slice import left_out_to_text
    from mecctl.sitefile import load
    from mecctl.standards.nest import write

    found = {part.name: part for part in load(site, INVENTORIES).site.slices}
    if name not in found:
        raise InputError([Problem(site, None, "", f"there is no slice {name}", f"one of: {', '.join(sorted(found))}")])
    written = write(found[name], form)
    if written.left_out:
        typer.echo(left_out_to_text(written, form.value), err=True)
    about = {"site": site, "slice": name, "form": form.value, "ok": True, "leftOut": written.left_out}
    print_json({**about, "nest": written.document} if output is Format.json else written.document)
