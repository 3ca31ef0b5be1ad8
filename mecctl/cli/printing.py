"""What commands print: text with colours by its marks, or one JSON object."""

from __future__ import annotations

import json
import os
from typing import Any

import typer

_COLOURS = {"+": "green", "~": "yellow", "±": "magenta", "-": "red", "✗": "red", "=": "cyan", "!": "red", "?": "yellow"}


def print_text(text: str, *, err: bool = False) -> None:
    """Print lines, each in the colour of its mark where a terminal shows it (and NO_COLOR doesn't forbid it)."""
    for line in text.splitlines():
        mark = line.strip()[:1]
        plain = "NO_COLOR" in os.environ or mark not in _COLOURS
        typer.echo(line if plain else typer.style(line, fg=_COLOURS[mark]), err=err)


def print_json(value: Any) -> None:  # noqa: ANN401 - JSON
    """Print one JSON value."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
