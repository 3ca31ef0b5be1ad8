"""Asking a person before something is destroyed."""

from __future__ import annotations

import sys

import typer

from mecctl.cli.exits import ExitWith
from mecctl.errors import InputError, Problem


def confirm(consequence: str, word: str) -> None:
    """Tell the consequence and return if `word` is typed, else end with 1; InputError where nobody can type it."""
    if not sys.stdin.isatty():
        raise InputError([Problem("--yes", None, "", f"{consequence}, and there is no terminal to ask at")])
    if typer.prompt(f"{consequence}. Type {word} to go on", err=True) != word:
        typer.echo("nothing was changed", err=True)
        raise ExitWith(1)
