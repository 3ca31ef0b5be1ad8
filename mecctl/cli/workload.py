"""`mecctl app …`: the workloads of sites."""

import typer

from mecctl.cli.appfind import find

app = typer.Typer(help="Workloads: where they are.", no_args_is_help=True)
app.command("find")(find)


@app.callback()
def _group() -> None:
    """Keep `find` a command of the group while it is the only one."""
