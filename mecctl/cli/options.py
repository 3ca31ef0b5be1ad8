"""The options that every command shares, and where its words go."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

INVENTORIES = Path("inventories")


class Format(StrEnum):
    """What stdout carries."""

    text = "text"
    json = "json"


class Driver(StrEnum):
    """What makes the nodes of a lab."""

    podman = "podman"
    vagrant = "vagrant"


def complete_site(incomplete: str) -> Iterable[str]:
    """Names of the sites under inventories/ that start with what was typed."""
    return sorted(
        file.parent.name for file in INVENTORIES.glob("*/site.yaml") if file.parent.name.startswith(incomplete)
    )


SiteArgument = Annotated[
    str,
    typer.Argument(
        metavar="SITE", help="A site's folder, or its name under inventories/.", autocompletion=complete_site
    ),
]
OutputOption = Annotated[Format, typer.Option("--output", "-o", help="What to print on stdout.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Show details, and the traceback of an error.")]
ForceOption = Annotated[bool, typer.Option("--force-conflicts", help="Take over fields that other field managers own.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
