"""`mecctl app find`: where a workload is to be had, of all known sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, Format, OutputOption, VerboseOption
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.probe.find import Point


def find(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The workload's name in the site files.")],
    near: Annotated[
        str | None, typer.Option(metavar="LAT,LON", help="Nearest to this place first, in degrees.")
    ] = None,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Find a workload's endpoints at all sites under inventories/ and their peers; exit 1 if none is ready."""
    from mecctl.probe.find import look, places
    from mecctl.sitefile import SITE_FILE, load

    point = _point(near)
    sites = [load(path.parent).site for path in sorted(INVENTORIES.glob(f"*/{SITE_FILE}"))]
    known = list(places(sites, name))
    if not known:
        what = f"no site under {INVENTORIES}/ has a workload {name} and a domain"
        raise InputError([Problem(name, None, "", what, "a workload of a site with platform: {discovery: …}")])
    found = look(known, point)
    ok = any(one.ready for one in found)
    if output is Format.json:
        print_json({"name": name, "ok": ok, "endpoints": [one.to_json() for one in found]})
    else:
        for one in found:
            where = f"{one.address}:{','.join(map(str, one.ports))}" if one.address else f"not ready: {one.reason}"
            far = "" if one.kilometres is None else f"  {one.kilometres} km"
            typer.echo(f"{one.site}  {one.name}  {where}{far}")
    raise ExitWith(0 if ok else 1)


def _point(near: str | None) -> Point | None:
    if near is None:
        return None
    try:
        north, east = map(float, near.split(","))
    except ValueError:
        north, east = 91.0, 0.0
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise InputError([Problem("--near", None, "", f"{near} isn't a place", "LAT,LON, for example 52.52,13.40")])
    return north, east
