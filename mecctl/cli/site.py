"""`mecctl init` and `mecctl site …`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.exits import PENDING, ExitWith
from mecctl.cli.options import (
    INVENTORIES,
    ForceOption,
    Format,
    OutputOption,
    SiteArgument,
    VerboseOption,
    YesOption,
)
from mecctl.cli.printing import print_json
from mecctl.cli.progress import shown
from mecctl.cli.siteaudit import audit
from mecctl.cli.siterotate import rotate
from mecctl.cli.sitesbom import sbom
from mecctl.cli.sitetrust import trust

if TYPE_CHECKING:
    from mecctl.plan.result import RunResult
    from mecctl.sitefile import SiteFolder

app = typer.Typer(help="One site: check it, plan it, bring it up, look at it, take it down.", no_args_is_help=True)
app.command()(audit)
app.command()(trust)
app.command()(sbom)
app.command()(rotate)


class Distribution(StrEnum):
    """What `init` can write a site for: a lab on this machine with kubeadm, or machines with K3s."""

    kubeadm = "kubeadm"
    k3s = "k3s"


def init(
    name: Annotated[str, typer.Argument(help="The new site's name, in lower case.")],
    folder: Annotated[Path | None, typer.Argument(help="Where to write it; inventories/NAME if not given.")] = None,
    distribution: Annotated[Distribution, typer.Option(help="The Kubernetes to install.")] = Distribution.kubeadm,
) -> None:
    """Write a new site folder with a commented site.yaml."""
    from mecctl.scaffold import init as scaffold

    written = scaffold(name, folder or INVENTORIES / name, distribution=distribution.value)
    typer.echo(f"wrote {written}; edit it, then: mecctl site validate {folder or name}")


@app.command()
def validate(site: SiteArgument, output: OutputOption = Format.text, verbose: VerboseOption = False) -> None:  # noqa: ARG001
    """Check everything that needs no machine."""
    folder = _load(site)
    spec = folder.site.spec
    if output is Format.json:
        print_json({"site": folder.site.name, "ok": True, "warnings": list(folder.warnings)})
        return
    for warning in folder.warnings:
        typer.echo(f"note: {warning}")
    typer.echo(
        f"{folder.site.name} is valid: {len(spec.nodes)} nodes, {len(spec.slices)} slices, "
        f"{len(spec.workloads)} workloads, {len(spec.policies)} policies"
    )


@app.command()
def plan(
    site: SiteArgument,
    output: OutputOption = Format.text,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 2 when changes are pending.")] = False,
    force_conflicts: ForceOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show what `up` would change, on the nodes and in the cluster, from live state."""
    from mecctl.report.text import plan_to_text

    result = _run(_opened(site), "plan", force_conflicts=force_conflicts, verbose=verbose)
    _print_run(result, output, plan_to_text(result))
    raise ExitWith(result.exit_code or (PENDING if exit_code and result.pending else 0))


@app.command()
def up(
    site: SiteArgument,
    output: OutputOption = Format.text,
    force_conflicts: ForceOption = False,
    yes: YesOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make the site what its file says, and prove it with traffic; a plain re-run resumes after any failure."""
    from mecctl.report.text import up_to_text

    folder = _opened(site)
    let_go = yes or _agreed(folder, verbose=verbose)
    result = _run(folder, "up", force_conflicts=force_conflicts, let_go=let_go, verbose=verbose)
    _print_run(result, output, up_to_text(result))
    raise ExitWith(result.exit_code)


@app.command()
def down(
    site: SiteArgument, output: OutputOption = Format.text, yes: YesOption = False, verbose: VerboseOption = False
) -> None:
    """Take Kubernetes and all that mecctl installed off the site's nodes."""
    folder = _load(site)
    name = folder.site.name
    if not yes:
        confirm(f"this removes the cluster of {name} with all its data", name)
    result = _run(folder, "down", verbose=verbose)
    _print_run(result, output, f"{name} is {'down' if result.ok else 'NOT wholly down'}\n{_errors(result)}".strip())
    raise ExitWith(result.exit_code)


@app.command()
def status(site: SiteArgument, output: OutputOption = Format.text, verbose: VerboseOption = False) -> None:  # noqa: ARG001
    """Show nodes, slices and workloads as the cluster sees them."""
    from mecctl.cluster.health import status as look
    from mecctl.report.status import status_to_text

    found = look(_load(site))
    if output is Format.json:
        print_json(found.to_json())
    else:
        typer.echo(status_to_text(found.to_json()))
    raise ExitWith(0 if found.ok else 1)


@app.command("stack-config")
def stack_config(site: SiteArgument) -> None:
    """Print the configuration that the projects under stacks/ run with, as a Pulumi.STACK.yaml; for use by hand."""
    import yaml

    from mecctl.cluster.stacks import stack_config as config_of

    typer.echo(yaml.safe_dump(config_of(_load(site).site), width=2**20, allow_unicode=True), nl=False)


@app.command()
def inventory(site: SiteArgument) -> None:
    """Print the Ansible inventory that `up` runs the playbooks with, from a look at the nodes; for use by hand."""
    from mecctl.artifacts.store import Store
    from mecctl.nodes.steps import Nodes

    with shown(verbose=False) as watcher:
        rendered = Nodes(_load(site), Store(), watcher).inventory()
    print_json(rendered)


def _load(reference: str) -> SiteFolder:
    from mecctl.sitefile import load

    return load(reference, INVENTORIES)


def _opened(reference: str) -> SiteFolder:
    """Load a site with its secrets; whoever types their password does so before anything is drawn."""
    from mecctl.sitefile.secrets import opened

    return opened(_load(reference))


def _agreed(folder: SiteFolder, *, verbose: bool) -> bool:
    """Ask whether what still runs in slices that left the site file may go; False if there is nothing to ask."""
    from mecctl.workflow import Workflow

    with shown(verbose=verbose) as watcher:
        lost = Workflow(folder, watcher).losses()
    if lost:
        confirm(f"this deletes {'; '.join(map(str, lost))}", folder.site.name)
    return bool(lost)


def _run(
    folder: SiteFolder, verb: str, *, verbose: bool, force_conflicts: bool = False, let_go: bool = False
) -> RunResult:
    from mecctl.workflow import Workflow

    with shown(verbose=verbose) as watcher:
        result: RunResult = getattr(Workflow(folder, watcher, force_conflicts, let_go), verb)()
    return result


def _print_run(result: RunResult, output: Format, text: str) -> None:
    from mecctl.report.json import run_to_json

    print_json(run_to_json(result)) if output is Format.json else typer.echo(text)


def _errors(result: RunResult) -> str:
    return "\n".join(f"✗ {error}" for error in result.errors)
