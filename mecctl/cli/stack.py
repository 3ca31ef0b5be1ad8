"""`mecctl stack …`: users' own Pulumi programs, beside a site or on any cluster."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import Format, OutputOption, VerboseOption, YesOption
from mecctl.cli.stackoptions import (
    ConfigFileOption,
    ConfigOption,
    DependentsOption,
    DiffOption,
    DirectoryArgument,
    EngineOption,
    KubeconfigOption,
    SecretsOption,
    SiteOption,
    StackOption,
    TargetOption,
    user_stack,
)
from mecctl.cli.tree import resources_shown
from mecctl.engine.choice import EngineName
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.cluster.userstack import UserStack
    from mecctl.engine.finding import Findings
    from mecctl.engine.result import StackResult
    from mecctl.engine.targets import Targets

app = typer.Typer(help="Your own Pulumi programs, beside a site or on any cluster.", no_args_is_help=True)

PENDING = 2
_COLOURS = {"+": "green", "~": "yellow", "±": "magenta", "-": "red", "✗": "red", "!": "red", "?": "yellow"}


@app.command()
def preview(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    kubeconfig: KubeconfigOption = None,
    config: ConfigOption = None,
    config_file: ConfigFileOption = None,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
    engine: EngineOption = EngineName.auto,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 2 when changes are pending.")] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Show what `up` would change, field by field, compared with the live objects."""
    chosen = user_stack(directory, stack, site, kubeconfig, config, config_file, engine)
    result = _run(chosen, "preview", _targets(target, dependents=target_dependents), verbose=verbose)
    _print_result(result, "preview", output, diff=True)
    raise ExitWith(result.exit_code or (PENDING if exit_code and result.outcome.changes else 0))


@app.command()
def up(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    kubeconfig: KubeconfigOption = None,
    config: ConfigOption = None,
    config_file: ConfigFileOption = None,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
    engine: EngineOption = EngineName.auto,
    diff: DiffOption = False,
    yes: YesOption = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Make the cluster what the program says; asks first when that deletes anything."""
    chosen = user_stack(directory, stack, site, kubeconfig, config, config_file, engine)
    targets = _targets(target, dependents=target_dependents)
    if not yes:
        _allowed(chosen, targets, verbose=verbose)
    result = _run(chosen, "up", targets, verbose=verbose)
    _print_result(result, "up", output, diff=diff or verbose)
    raise ExitWith(result.exit_code)


@app.command()
def refresh(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    kubeconfig: KubeconfigOption = None,
    target: TargetOption = None,
    engine: EngineOption = EngineName.auto,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look only; the state stays as it is.")] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Look how the stack's objects do, and record it: changed, deleted, made anew by others, or not to be seen."""
    from mecctl.report.stack import findings_to_json, findings_to_text

    chosen = user_stack(directory, stack, site, kubeconfig, engine=engine)
    name = (chosen.project.name, chosen.stack)
    found = _refresh(chosen, _targets(target), dry=dry_run, verbose=verbose)
    if output is Format.json:
        _print_json(findings_to_json(name, chosen.engine_name, found))
    else:
        _print_text(findings_to_text(name, found))
    raise ExitWith(4 if found.unreachable else 0)


@app.command()
def destroy(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    kubeconfig: KubeconfigOption = None,
    target: TargetOption = None,
    target_dependents: DependentsOption = False,
    engine: EngineOption = EngineName.auto,
    yes: YesOption = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Delete all that the stack has made, dependents first."""
    chosen = user_stack(directory, stack, site, kubeconfig, engine=engine)
    name = f"{chosen.project.name}/{chosen.stack}"
    if not yes and _ask(f"This deletes all that {name} has made. Type the stack's name") != chosen.stack:
        raise typer.Abort
    result = _run(chosen, "destroy", _targets(target, dependents=target_dependents), verbose=verbose)
    _print_result(result, "destroy", output, diff=False)
    raise ExitWith(result.exit_code)


@app.command()
def outputs(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    show_secrets: SecretsOption = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print what the stack exports, as of its last run."""
    from mecctl.engine.outputs import outputs as stored
    from mecctl.report.stack import outputs_to_json, outputs_to_text

    chosen = user_stack(directory, stack, site)
    project = chosen.project.name
    found = outputs_to_json(stored(chosen.state, project, chosen.stack, chosen.passphrase), show_secrets=show_secrets)
    if output is Format.json:
        _print_json({"project": project, "stack": chosen.stack, "ok": True, "outputs": found})
    else:
        typer.echo(outputs_to_text(found))


def _targets(patterns: list[str] | None, *, dependents: bool = False) -> Targets:
    from mecctl.engine.targets import Targets

    return Targets(tuple(patterns or ()), dependents=dependents)


def _run(chosen: UserStack, verb: str, targets: Targets, *, verbose: bool) -> StackResult:
    from mecctl.engine.result import kept

    project, name = chosen.project.name, chosen.stack
    what = (project, name) if verb == "destroy" else (chosen.program,)
    with resources_shown(verbose=verbose) as shown, chosen.open(shown, shown) as engine:
        return kept(project, name, chosen.engine_name, lambda: getattr(engine, verb)(*what, targets=targets))


def _refresh(chosen: UserStack, targets: Targets, *, dry: bool, verbose: bool) -> Findings:
    with resources_shown(verbose=verbose) as shown, chosen.open(shown, shown) as engine:
        return engine.refresh(chosen.project.name, chosen.stack, dry=dry, targets=targets)


def _allowed(chosen: UserStack, targets: Targets, *, verbose: bool) -> None:
    """Preview, and ask if anything would be deleted; a preview that fails is told by the run itself."""
    from mecctl.report.stack import result_to_text

    planned = _run(chosen, "preview", targets, verbose=verbose)
    if planned.ok and planned.destructive:
        for line in result_to_text(planned, "preview", diff=True).splitlines():
            typer.echo(_coloured(line), err=True)
        if _ask("Objects would be deleted. Type yes to go on") != "yes":
            raise typer.Abort


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise InputError([Problem("--yes", None, "", "objects would be deleted, and there is no terminal to ask at")])
    return str(typer.prompt(question, err=True))


def _print_result(result: StackResult, verb: str, output: Format, *, diff: bool) -> None:
    from mecctl.report.stack import result_to_json, result_to_text

    if output is Format.json:
        _print_json(result_to_json(result))
    else:
        _print_text(result_to_text(result, verb, diff=diff))


def _print_text(text: str) -> None:
    for line in text.splitlines():
        typer.echo(_coloured(line))


def _coloured(line: str) -> str:
    mark = line.strip()[:1]
    return line if "NO_COLOR" in os.environ or mark not in _COLOURS else typer.style(line, fg=_COLOURS[mark])


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
