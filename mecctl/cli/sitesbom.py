"""`mecctl site sbom`: a site's bill of materials."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, SiteArgument, VerboseOption
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.artifacts.sbom.software import Software
    from mecctl.errors import MecctlError
    from mecctl.sitefile import SiteFolder

EPOCH = "SOURCE_DATE_EPOCH"


def sbom(
    site: SiteArgument,
    output: Annotated[Path | None, typer.Option("--output", help="The file to write; stdout if not given.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the nodes; go by the locks alone.")] = False,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Write the bill of materials (CycloneDX 1.6) of all that mecctl puts on the site's nodes."""
    from mecctl.artifacts.sbom import parts
    from mecctl.artifacts.sbom.cyclonedx import document
    from mecctl.artifacts.select import for_site
    from mecctl.artifacts.store import Store
    from mecctl.sitefile import load

    folder, made = load(site, INVENTORIES), _made()
    seen, errors = _seen(folder, offline=offline)
    needed = for_site(folder, {name: found.arch for name, found in seen.items()})
    notes = [("mecctl:node-not-seen", node.name) for node in folder.site.nodes if node.name not in seen]
    text = document(folder.site.name, parts(needed, seen, Store()), notes, made)
    _write(text, output)
    for error in errors:
        typer.secho(f"✗ {error}", fg="red", err=True)
    raise ExitWith(max((error.exit_code for error in errors), default=0))


def _seen(folder: SiteFolder, *, offline: bool) -> tuple[dict[str, Software], list[MecctlError]]:
    from mecctl.nodes.software import look

    return ({}, []) if offline else look(folder)


def _made() -> datetime | None:
    """The time that reproducible builds agree on (https://reproducible-builds.org/specs/source-date-epoch/), if set."""
    given = os.environ.get(EPOCH)
    if not given:
        return None
    if not given.isdigit():
        raise InputError([Problem(EPOCH, None, "", f"{given!r} isn't a number of seconds", "Unix time, or unset it")])
    return datetime.fromtimestamp(int(given), UTC)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        partial = output.with_name(f".{output.name}.part")
        partial.write_text(text)
        partial.replace(output)
    except OSError as error:
        problem = Problem(str(output), None, "--output", f"can't be written: {error.strerror}", "a file you may write")
        raise InputError([problem]) from error
    typer.echo(f"wrote {output}", err=True)
