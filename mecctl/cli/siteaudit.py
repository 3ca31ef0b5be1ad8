"""`mecctl site audit`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, SiteArgument, VerboseOption
from mecctl.cli.printing import print_json, print_text
from mecctl.cli.progress import shown

if TYPE_CHECKING:
    from mecctl.audit.assess import Audit
    from mecctl.audit.changes import Changes


class Page(StrEnum):
    """What stdout carries: text, one JSON object, or a page for a browser."""

    text = "text"
    json = "json"
    html = "html"


PageOption = Annotated[Page, typer.Option("--output", "-o", help="What to print on stdout.")]


def audit(site: SiteArgument, output: PageOption = Page.text, verbose: VerboseOption = False) -> None:
    """Hold the site against the CIS, NSA and node benchmarks, from its machines as they are; exit 1 if one fails."""
    from mecctl.auditing import audit as look
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    with shown(verbose=verbose) as watcher:
        found, since = look(folder, watcher)
    _print(found, since, output, verbose=verbose)
    raise ExitWith(found.exit_code)


def _print(found: Audit, since: Changes | None, output: Page, *, verbose: bool) -> None:
    from mecctl.report.audit import audit_to_json, audit_to_text
    from mecctl.report.auditpage import audit_to_html

    match output:
        case Page.json:
            print_json(audit_to_json(found, since))
        case Page.html:
            typer.echo(audit_to_html(found, since), nl=False)
        case Page.text:
            print_text(audit_to_text(found, since, all_=verbose))
