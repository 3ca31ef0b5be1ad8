"""`mecctl stack …`: users' own Pulumi programs, beside a site or on any cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.exits import PENDING, ExitWith
from mecctl.cli.options import ForceOption, Format, OutputOption, VerboseOption, YesOption
from mecctl.cli.printing import print_json, print_text
from mecctl.cli.stackoptions import (
    ConfigFileOption,
    ConfigOption,
    DependentsOption,
    DiffOption,
    DirectoryArgument,
    EngineOption,
    KubeconfigOption,
    SiteOption,
    StackOption,
    TargetOption,
    user_stack,
)
from mecctl.cli.stackstate import export, import_, outputs
from mecctl.cli.tree import resources_shown
from mecctl.engine.names import EngineName

if TYPE_CHECKING:
    from mecctl.cluster.userstack import UserStack
    from mecctl.engine.run.finding import Findings
    from mecctl.engine.run.result import StackResult
    from mecctl.engine.run.targets import Targets

app = typer.Typer(help="Your own Pulumi programs, beside a site or on any cluster.", no_args_is_help=True)

app.command()(outputs)
app.command()(export)
app.command("import")(import_)


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
    force_conflicts: ForceOption = False,
    engine: EngineOption = EngineName.auto,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 2 when changes are pending.")] = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Show what `up` would change, field by field, compared with the live objects."""
    chosen = user_stack(directory, stack, site, kubeconfig, config, config_file, engine)
    about = {"targets": _targets(target, dependents=target_dependents), "force_conflicts": force_conflicts}
    result = _run(chosen, "preview", about, verbose=verbose)
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
    force_conflicts: ForceOption = False,
    engine: EngineOption = EngineName.auto,
    diff: DiffOption = False,
    yes: YesOption = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,
) -> None:
    """Make the cluster what the program says; asks first when that deletes anything."""
    chosen = user_stack(directory, stack, site, kubeconfig, config, config_file, engine)
    about = {"targets": _targets(target, dependents=target_dependents), "force_conflicts": force_conflicts}
    if not yes:
        _ask_first(chosen, about, output, verbose=verbose)
    result = _run(chosen, "up", about, verbose=verbose)
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
        print_json(findings_to_json(name, chosen.engine_name, found))
    else:
        print_text(findings_to_text(name, found))
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
    if not yes:
        confirm(f"this deletes all that {name} has made", chosen.stack)
    about = {"targets": _targets(target, dependents=target_dependents)}
    result = _run(chosen, "destroy", about, verbose=verbose)
    _print_result(result, "destroy", output, diff=False)
    raise ExitWith(result.exit_code)


def _targets(patterns: list[str] | None, *, dependents: bool = False) -> Targets:
    from mecctl.engine.run.targets import Targets

    return Targets(tuple(patterns or ()), dependents=dependents)


def _run(chosen: UserStack, verb: str, about: dict[str, Any], *, verbose: bool) -> StackResult:
    from mecctl.engine.run.result import kept

    project, name = chosen.project.name, chosen.stack
    what = (project, name) if verb == "destroy" else (chosen.program,)
    planned = verb == "preview"
    with resources_shown(verbose=verbose, planned=planned) as shown, chosen.open(shown, shown) as engine:
        return kept(project, name, chosen.engine_name, lambda: getattr(engine, verb)(*what, **about))


def _refresh(chosen: UserStack, targets: Targets, *, dry: bool, verbose: bool) -> Findings:
    with resources_shown(verbose=verbose) as shown, chosen.open(shown, shown) as engine:
        return engine.refresh(chosen.project.name, chosen.stack, dry=dry, targets=targets)


def _ask_first(chosen: UserStack, about: dict[str, Any], output: Format, *, verbose: bool) -> None:
    """Preview, and ask if anything would be deleted; when the preview fails, the command ends with that."""
    from mecctl.report.stack import result_to_text

    planned = _run(chosen, "preview", about, verbose=verbose)
    if not planned.ok:
        _print_result(planned, "preview", output, diff=False)
        raise ExitWith(planned.exit_code)
    if planned.destructive:
        print_text(result_to_text(planned, "preview", diff=True), err=True)
        confirm("objects would be deleted", "yes")


def _print_result(result: StackResult, verb: str, output: Format, *, diff: bool) -> None:
    from mecctl.report.stack import result_to_json, result_to_text

    if output is Format.json:
        print_json(result_to_json(result))
    else:
        print_text(result_to_text(result, verb, diff=diff))
