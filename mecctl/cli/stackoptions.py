"""The options that the `stack` commands share, and what they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mecctl.cli.options import INVENTORIES, complete_site
from mecctl.engine.names import EngineName
from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from mecctl.cluster.userstack import UserStack

DirectoryArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="A Pulumi project's folder.", exists=True, file_okay=False)
]
StackOption = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack; the only one with a Pulumi.STACK.yaml, else dev, if not given."),
]
SiteOption = Annotated[
    str | None,
    typer.Option("--site", help="Use the cluster and the state of this site.", autocompletion=complete_site),
]
KubeconfigOption = Annotated[
    Path | None, typer.Option("--kubeconfig", help="The cluster; KUBECONFIG or ~/.kube/config if not given.")
]
ConfigOption = Annotated[
    list[str] | None, typer.Option("--config", "-c", metavar="KEY=VALUE", help="Configuration, before the file's.")
]
ConfigFileOption = Annotated[
    Path | None, typer.Option("--config-file", help="Read this file in place of Pulumi.STACK.yaml.")
]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="Which engine runs it; auto: the CLI if installed.")]
TargetOption = Annotated[
    list[str] | None,
    typer.Option("--target", "-t", metavar="NAME|URN", help="This resource only; * and ** stand for parts."),
]
DependentsOption = Annotated[
    bool, typer.Option("--target-dependents", help="What depends on the targets is a target too.")
]
DiffOption = Annotated[bool, typer.Option("--diff", help="Show the fields of each change.")]
SecretsOption = Annotated[bool, typer.Option("--show-secrets", help="Print secrets in the clear.")]


def user_stack(
    directory: Path,
    stack: str | None,
    site: str | None,
    kubeconfig: Path | None = None,
    config: list[str] | None = None,
    config_file: Path | None = None,
    engine: EngineName = EngineName.auto,
) -> UserStack:
    """Return the stack that the options name. Raises InputError for options that can't go together."""
    from mecctl.cluster.userstack import UserStack
    from mecctl.sitefile import load

    if site and kubeconfig:
        raise _wrong("--kubeconfig", "goes with no --site: a site has a cluster of its own")
    if config_file and not config_file.is_file():
        raise _wrong("--config-file", f"there is no file {config_file}")
    folder = load(site, INVENTORIES) if site else None
    return UserStack(directory, stack, folder, kubeconfig, config_file, _pairs(config or []), engine)


def _pairs(config: list[str]) -> dict[str, str]:
    for text in config:
        if "=" not in text:
            raise _wrong("--config", f"is not KEY=VALUE: {text}")
    return dict(text.split("=", 1) for text in config)


def _wrong(option: str, what: str) -> InputError:
    return InputError([Problem(option, None, "", what)])
