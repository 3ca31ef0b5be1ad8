"""`mecctl site trust`: the host keys that nodes are held to, changed on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mecctl.cli.asking import confirm
from mecctl.cli.exits import ExitWith
from mecctl.cli.options import INVENTORIES, Format, OutputOption, SiteArgument, VerboseOption, YesOption
from mecctl.cli.printing import print_json

if TYPE_CHECKING:
    from mecctl.errors import MecctlError
    from mecctl.nodes.hostkeys import HostKey
    from mecctl.nodes.trust import Sight

NodesArgument = Annotated[list[str] | None, typer.Argument(metavar="[NODE]...", help="Which nodes; all if not given.")]
FingerprintOption = Annotated[
    list[str] | None,
    typer.Option(metavar="SHA256:…", help="Record only this key, without asking; for every node one must match."),
]


def trust(
    site: SiteArgument,
    nodes: NodesArgument = None,
    fingerprint: FingerprintOption = None,
    output: OutputOption = Format.text,
    yes: YesOption = False,
    verbose: VerboseOption = False,  # noqa: ARG001
) -> None:
    """Show the SSH host keys that nodes offer and, once you agree, hold them to these from now on."""
    from mecctl import sitelock
    from mecctl.nodes.trust import accept, look
    from mecctl.sitefile import load

    folder = load(site, INVENTORIES)
    sights, errors = look(folder, nodes or (), fingerprint or ())
    new = [sight for sight in sights if not sight.settled]
    if output is Format.text:
        typer.echo("\n".join(map(_shown, sights)))
    if new:
        if not yes and not fingerprint:
            names = ", ".join(sight.node.name for sight in new)
            confirm(f"{names}: mecctl will trust whoever holds these keys", folder.site.name)
        with sitelock.hold(folder.state, "mecctl site trust"):
            accept(folder, new)
    _print(folder.site.name, sights, errors, output)
    raise ExitWith(max((error.exit_code for error in errors), default=0))


def _shown(sight: Sight) -> str:
    """One node as text: a mark for each key, `=` known, `+` new, `-` no longer offered."""
    kept = [("=" if key in sight.recorded else "+", key) for key in sight.after]
    gone = [("-", key) for key in sight.recorded if key not in sight.after]
    lines = [f"  {mark} {key.fingerprint} {key.type}" for mark, key in [*gone, *kept]]
    return "\n".join([f"{sight.node.name} ({sight.node.address}:{sight.node.port})", *lines])


def _print(site: str, sights: list[Sight], errors: list[Any], output: Format) -> None:
    if output is Format.json:
        print_json(_to_json(site, sights, errors))
        return
    for sight in sights:
        typer.echo(f"{sight.node.name}: {'nothing to change' if sight.settled else 'recorded'}")
    for error in errors:
        typer.secho(f"✗ {error}", fg="red", err=True)


def _to_json(site: str, sights: list[Sight], errors: list[MecctlError]) -> dict[str, Any]:
    from mecctl.report.json import error_to_json

    return {
        "site": site,
        "ok": not errors,
        "nodes": [
            {
                "name": sight.node.name,
                "changed": not sight.settled,
                "before": list(map(_key, sight.recorded)),
                "after": list(map(_key, sight.after)),
            }
            for sight in sights
        ],
        "errors": [error_to_json(error) for error in errors],
    }


def _key(key: HostKey) -> dict[str, str]:
    return {"type": key.type, "fingerprint": key.fingerprint}
