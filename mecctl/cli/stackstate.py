"""`mecctl stack outputs|export|import`: a stack's state, without asking any cluster."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mecctl.cli.options import Format, OutputOption, VerboseOption
from mecctl.cli.printing import print_json
from mecctl.cli.stackoptions import DirectoryArgument, SecretsOption, SiteOption, StackOption, user_stack
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.cluster.userstack import UserStack
    from mecctl.engine.objects.secrets import Keyring
    from mecctl.engine.state import Backend

T = TypeVar("T")
InputOption = Annotated[
    Path | None, typer.Option("--file", exists=True, dir_okay=False, help="Read it from there, not from stdin.")
]


def outputs(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    show_secrets: SecretsOption = False,
    output: OutputOption = Format.text,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print what the stack exports, as of its last run."""
    from mecctl.engine.run.outputs import outputs as stored
    from mecctl.report.stack import outputs_to_json, outputs_to_text

    chosen = user_stack(directory, stack, site)
    found = outputs_to_json(_stored(chosen, stored), show_secrets=show_secrets)
    if output is Format.json:
        print_json({"project": chosen.project.name, "stack": chosen.stack, "ok": True, "outputs": found})
    else:
        typer.echo(outputs_to_text(found))


def export(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    file: Annotated[Path | None, typer.Option("--file", help="Write it there, for its owner only.")] = None,
    show_secrets: SecretsOption = False,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Print the stack's state as `pulumi stack export` does; secrets stay encrypted."""
    from mecctl.engine.state.files import write_whole
    from mecctl.engine.state.transfer import export as exported

    found = _stored(user_stack(directory, stack, site), partial(exported, show_secrets=show_secrets))
    if file is None:
        print_json(found)
    else:
        write_whole(file.absolute(), json.dumps(found, indent=2, ensure_ascii=False).encode())


def import_(
    directory: DirectoryArgument,
    stack: StackOption = None,
    site: SiteOption = None,
    file: InputOption = None,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Make what `export` (or `pulumi stack export`) gave the stack's state; the state before is kept as .bak."""
    from mecctl.engine.state.transfer import replace

    chosen = user_stack(directory, stack, site)
    text = file.read_text() if file else sys.stdin.read()
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError([Problem(str(file or "stdin"), None, "", f"is no JSON: {error}")]) from error
    _stored(chosen, lambda place, project, name, keys: replace(place, project, name, document, keys))
    typer.echo(f"{chosen.project.name}/{chosen.stack} is imported; look at it: mecctl stack refresh {directory}")


def _stored(chosen: UserStack, ask: Callable[[Backend, str, str, Keyring], T]) -> T:
    from mecctl.engine.objects.secrets import Keyring
    from mecctl.engine.state import backend

    return ask(backend(chosen.state), chosen.project.name, chosen.stack, Keyring(chosen.passphrase))
