"""`mecctl slice …`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption
from mecctl.cli.printing import print_json, print_text
from mecctl.cli.progress import shown
from mecctl.errors import InputError, Problem
from mecctl.probe.part import Part
from mecctl.standards.forms import Form

if TYPE_CHECKING:
    from mecctl.cluster.tenants import Tenant
    from mecctl.model import Slice
    from mecctl.probe.slices import Probed
    from mecctl.sitefile import SiteFolder

app = typer.Typer(
    help="Network slices: from a NEST to site.yaml and back, proven by traffic, and opened to their people.",
    no_args_is_help=True,
)


class TenantRole(StrEnum):
    """What a person may do in a slice; each may do all that the one before it may."""

    viewer = "viewer"
    deployer = "deployer"
    admin = "admin"


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

    written = write(_slice(load(site, INVENTORIES), site, name), form)
    if written.left_out:
        typer.echo(left_out_to_text(written, form.value), err=True)
    about = {"site": site, "slice": name, "form": form.value, "ok": True, "leftOut": written.left_out}
    print_json({**about, "nest": written.document} if output is Format.json else written.document)


@app.command("probe")
def probe(
    site: SiteArgument,
    only: Annotated[list[Part] | None, typer.Option(help="Only this; can be given again.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw rates over time.")] = None,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Prove by real traffic what the site file promises for its slices; exit 1 if a promise is broken."""
    from mecctl.report.plot import plot as draw
    from mecctl.report.probe import probe_to_json, probe_to_text
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    if plot and not plot.parent.is_dir():
        raise InputError([Problem("--plot", None, "", f"there is no folder {plot.parent}")])
    found = _measure(folder, only or list(Part), verbose=verbose)
    name = folder.site.name
    if plot:
        plot.write_text(draw(name, found.series))
    if output is Format.json:
        print_json(probe_to_json(name, found.checks, found.series))
    else:
        print_text(probe_to_text(name, found.checks))
    raise ExitWith(0 if found.ok else 1)


@app.command("kubeconfig")
def kubeconfig(
    site: SiteArgument,
    name: Annotated[str, typer.Argument(metavar="SLICE", help="The slice's name in the site file.")],
    role: Annotated[TenantRole, typer.Option(help="What it is good for.")] = TenantRole.viewer,
    ttl: Annotated[str, typer.Option(metavar="TIME", help="How long, from 10m to 7d.")] = "8h",
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Whom it is for; you if not given.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it; in .mecctl/tenants/.")] = None,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Write a kubeconfig for a person of one slice: a role in its namespace, by a certificate that soon ends."""
    from mecctl.cluster.health import connect
    from mecctl.cluster.tenants import FOLDER, invite, login
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    part, seconds = _slice(folder, site, name), _seconds(ttl)
    if file and not file.parent.is_dir():
        raise InputError([Problem("--file", None, "", f"there is no folder {file.parent}")])
    path = file or folder.state / FOLDER / f"{name}-{role.value}.kubeconfig"
    with connect(folder.state / "kubeconfig", folder.site) as client:
        tenant = invite(client, folder, part, role.value, seconds, user or login(), path)
    _print_tenant(tenant, {"site": folder.site.name, "slice": name, "ok": True, "role": role.value}, output)


def _print_tenant(tenant: Tenant, about: dict[str, Any], output: Format) -> None:
    if output is Format.json:
        ends = tenant.until.isoformat().replace("+00:00", "Z")
        who = {"user": tenant.user, "group": tenant.group}
        print_json({**about, **who, "validUntil": ends, "kubeconfig": str(tenant.kubeconfig)})
        return
    typer.echo(f"{about['slice']}: {about['role']} until {tenant.until:%Y-%m-%d %H:%M} UTC as {tenant.user}")
    typer.echo(f"kubeconfig: {tenant.kubeconfig}")


def _slice(folder: SiteFolder, site: str, name: str) -> Slice:
    """Return the slice called `name`; InputError says which there are."""
    found = {part.name: part for part in folder.site.slices}
    if name not in found:
        raise InputError([Problem(site, None, "", f"there is no slice {name}", f"one of: {', '.join(sorted(found))}")])
    return found[name]


def _seconds(ttl: str) -> int:
    from pydantic_core import PydanticCustomError

    from mecctl.model import parse_ttl

    try:
        return parse_ttl(ttl)
    except PydanticCustomError as error:
        context = error.context or {}
        raise InputError([Problem("--ttl", None, "", context["what"], context["allowed"])]) from error


def _measure(folder: SiteFolder, parts: list[Part], *, verbose: bool) -> Probed:
    """Probe the site while nobody else changes it; a site without slices needs no cluster."""
    from mecctl import sitelock
    from mecctl.cluster.health import connect
    from mecctl.probe.slices import Probed
    from mecctl.probe.slices import probe as measure

    if not folder.site.slices:
        return Probed()
    with (
        sitelock.hold(folder.state, "mecctl slice probe"),
        connect(folder.state / "kubeconfig", folder.site) as client,
        shown(verbose=verbose) as watcher,
    ):
        return measure(client, folder.site, watcher, parts)
