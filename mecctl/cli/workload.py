"""`mecctl app …`: the workloads of a site as they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mecctl.cli import appd
from mecctl.cli.appfind import find
from mecctl.cli.appmove import move
from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Workload
    from mecctl.sitefile import SiteFolder

app = typer.Typer(help="Workloads: what runs, what it says, a look inside.", no_args_is_help=True)

app.command("import")(appd.import_)
app.command("export")(appd.export)
app.command("find")(find)
app.command("move")(move)

_ToText = Callable[[Iterable[Mapping[str, Any]], Iterable[str]], str]
AppArgument = Annotated[str, typer.Argument(metavar="APP", help="The workload's name in the site file.")]
PodOption = Annotated[str | None, typer.Option("--pod", metavar="POD", help="Only this pod of it.")]


@app.command("list")
def list_(site: SiteArgument, output: OutputOption = Format.text, verbose: VerboseOption = False) -> None:  # noqa: ARG001
    """List the workloads: whether they are ready, and which image really runs."""
    from mecctl.report.app import apps_to_text

    _show(site, None, output, apps_to_text, why=False)


@app.command()
def status(
    site: SiteArgument,
    name: Annotated[str | None, typer.Argument(metavar="APP", help="Only this workload.")] = None,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Show pods and storage of the workloads, and what keeps one from being ready; exit 1 if one isn't."""
    from mecctl.report.app import status_to_text

    _show(site, name, output, status_to_text, why=True)


@app.command()
def logs(
    site: SiteArgument,
    name: AppArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as it is printed.")] = False,
    tail: Annotated[int, typer.Option(min=0, metavar="LINES", help="How many lines of before.")] = 100,
    previous: Annotated[bool, typer.Option("--previous", "-p", help="Of the container before its restart.")] = False,
    pod: PodOption = None,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print what a workload's pods print, each line after its pod's name if there are several."""
    from mecctl.cluster import applogs, apps

    if follow and (previous or output is Format.json):
        other = "--previous, which has ended" if previous else "-o json, which is one object"
        raise InputError([Problem("--follow", None, "", f"can't be with {other}", "one of them")])
    folder = _load(site)
    (work,) = apps.chosen(folder.site, name)
    with _connected(folder) as client:
        found = [one["metadata"]["name"] for one in apps.pods(client, folder.site, work)]
        names = [one for one in found if pod in (None, one)]
        if not names:
            apps.pick(client, folder.site, work, pod)
        namespace = folder.site.slice(work.slice).namespace
        if follow:
            return _echo(applogs.follow(client, namespace, names, tail), several=len(names) > 1)
        said = applogs.last(client, namespace, names, tail, previous=previous)
        if output is Format.text:
            return _echo(said, several=len(names) > 1)
        lines: dict[str, list[str]] = {one: [] for one in names}
        for one, line in said:
            lines[one].append(line)
    value = [{"name": one, "lines": them} for one, them in lines.items()]
    print_json({"site": folder.site.name, "app": name, "ok": True, "pods": value})
    return None


@app.command("exec")
def exec_(
    site: SiteArgument,
    name: AppArgument,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND", help="The program and its arguments.")],
    pod: PodOption = None,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Run a program in a workload's pod, on this terminal if there is one; ends with the program's exit code."""
    from mecctl.cluster import apps

    folder = _load(site)
    (work,) = apps.chosen(folder.site, name)
    _attach(folder, work, command, pod)


@app.command()
def console(site: SiteArgument, name: AppArgument, pod: PodOption = None, verbose: VerboseOption = False) -> None:  # noqa: ARG001
    """Attach this terminal to a virtual machine's serial console, from its last lines on; Ctrl-] leaves."""
    from mecctl.cluster import apps
    from mecctl.model.machine import CONSOLE

    folder = _load(site)
    (work,) = apps.chosen(folder.site, name)
    if work.vm is None:
        fix = f"a workload with vm:; `mecctl app exec {folder.site.name} {name}` runs a program in a container"
        raise InputError([Problem(folder.site.name, None, name, "is a container, which has no console", fix)])
    _attach(folder, work, CONSOLE, pod)


def _attach(folder: SiteFolder, work: Workload, command: Sequence[str], pod: str | None) -> None:
    """Run a program in a pod of the workload, and end with its exit code."""
    from mecctl.cli.terminal import attach, is_terminal
    from mecctl.cluster import apps

    terminal = is_terminal()
    with _connected(folder) as client:
        found = apps.pick(client, folder.site, work, pod)["metadata"]
        with client.exec(found["namespace"], found["name"], work.name, list(command), tty=terminal) as session:
            code = attach(session, terminal=terminal)
    raise ExitWith(code)


def _show(site: str, name: str | None, output: Format, text: _ToText, *, why: bool) -> None:
    from mecctl.cluster import apps
    from mecctl.cluster.suited import notes

    folder = _load(site)
    works = apps.chosen(folder.site, name)
    with _connected(folder) as client:
        found = [one.to_json() for one in apps.look(client, folder.site, works, why=why)]
        told = list(notes(client, folder.site))
    ok = all(one["ready"] for one in found)
    if output is Format.json:
        print_json({"site": folder.site.name, "ok": ok, "apps": found, "notes": told})
    else:
        typer.echo(text(found, told))
    raise ExitWith(0 if ok or not why else 1)


def _echo(said: Iterable[tuple[str, str]], *, several: bool) -> None:
    for pod, line in said:
        typer.echo(f"{pod}  {line}" if several else line)


def _load(reference: str) -> SiteFolder:
    from mecctl.sitefile import load

    return load(reference, INVENTORIES)


def _connected(folder: SiteFolder) -> KubeClient:
    from mecctl.cluster.health import connect

    return connect(folder.state / "kubeconfig", folder.site)
