"""The Typer application and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import gc
import sys
import traceback
from typing import NoReturn

import typer

from mecctl import __version__
from mecctl.cli import artifacts, doctor, lab, site, slice, stack, workload  # noqa: A004
from mecctl.cli.exits import ExitWith
from mecctl.cli.printing import print_json
from mecctl.errors import InputError, MecctlError
from mecctl.report.json import error_to_json

INTERRUPTED = 130
# typer exports only the leaves of its usage errors; a wrong flag is wrong input (3), for 2 means "changes pending".
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="mecctl",
    help="Bring up and keep multi-access edge computing (MEC) sites from a Git folder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(site.app, name="site")
app.add_typer(slice.app, name="slice")
app.add_typer(workload.app, name="app")
app.add_typer(stack.app, name="stack")
app.add_typer(lab.app, name="lab")
app.add_typer(artifacts.app, name="artifacts")
app.command("doctor")(doctor.doctor)
app.command("init")(site.init)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    """Bring up and keep multi-access edge computing (MEC) sites from a Git folder."""


def main() -> NoReturn:
    """Entry point: run the command and end with an exit code of docs/guide/exit-codes.md."""
    code = run(sys.argv[1:])
    gc.freeze()  # or Python walks all that a run has made once more on its way out, a second for a thousand objects
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command that `arguments` spell and return its exit code; every error is told here and nowhere else."""
    try:
        code = int(app(arguments, standalone_mode=False) or 0)
        if code == INTERRUPTED:  # typer makes an exit code of a KeyboardInterrupt
            raise KeyboardInterrupt
        return code
    except ExitWith as wanted:
        return wanted.code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted; what was done is kept, run the same command again to go on", err=True)
        return INTERRUPTED
    except MecctlError as error:
        _tell(error, arguments)
        return error.exit_code
    except _UsageError as error:
        error.show()  # type: ignore[attr-defined]
        return InputError.exit_code


def _tell(error: MecctlError, arguments: list[str]) -> None:
    if "--verbose" in arguments:
        traceback.print_exc()
    text = str(error) if isinstance(error, InputError) else f"error: {error}"
    typer.secho(text, fg="red", err=True)
    if {"json", "-ojson", "--output=json"} & set(arguments):
        print_json({"ok": False, "errors": [error_to_json(error)]})
