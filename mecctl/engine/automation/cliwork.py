"""The folder that Pulumi's CLI works in: a project that points to the program, and its stack's configuration.

Nothing of the user's own folder is touched, and a program inside an installed package can be run too. Paths in the
project's file are made absolute; its configuration is there resolved, with secrets encrypted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.engine.project.project import PROJECT_FILE, mapping
from mecctl.engine.state.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.engine.objects.secrets import Crypter
    from mecctl.engine.project.program import Program

_RESOLVED = ("config", "stackConfigDir", "backend")


def project_of(program: Program) -> dict[str, Any]:
    """Return the project's file as it is for a folder elsewhere."""
    data = mapping(program.directory / PROJECT_FILE, "a Pulumi project")
    kept = {key: value for key, value in data.items() if key not in _RESOLVED}
    runtime = kept["runtime"] if isinstance(kept["runtime"], dict) else {"name": kept["runtime"]}
    options = dict(runtime.get("options") or {})
    if "virtualenv" in options:
        options["virtualenv"] = str((program.directory / options["virtualenv"]).resolve())
    runtime = {**runtime, **({"options": options} if options else {})}
    return {**kept, "runtime": runtime, "main": str(_main(program))}


def _main(program: Program) -> Path:
    main = program.main.resolve()
    return main.parent if main.name == "__main__.py" else main


def bare_project(name: str) -> dict[str, Any]:
    """Return the file of a project whose program is not run, only what its stack consists of."""
    return {"name": name, "runtime": "python"}


def stack_settings(program: Program, crypter: Crypter, salt: str | None) -> dict[str, Any]:
    """Return the stack's file: `salt` is what the state has, so that the CLI keeps the key."""
    config = {
        key: {"secure": crypter.encrypt(text)} if key in program.secrets else text
        for key, text in program.config.items()
    }
    return {"encryptionsalt": salt or crypter.state(), "config": config}


def write(folder: Path, project: Mapping[str, Any], stack: str, settings: Mapping[str, Any]) -> None:
    """Put both files into the folder, for its owner only."""
    write_whole(folder / PROJECT_FILE, yaml.safe_dump(dict(project)).encode())
    write_whole(folder / f"Pulumi.{stack}.yaml", yaml.safe_dump(dict(settings), allow_unicode=True).encode())


def environment(state: Path | str, kubeconfig: Path, passphrase: str, *, force_conflicts: bool) -> dict[str, str]:
    """Return what the CLI is told by its environment: where the state and the cluster are, and the passphrase.

    Python is the one that runs mecctl, which has what the program needs, unless the project names a virtualenv.
    """
    return {
        "PULUMI_BACKEND_URL": f"file://{state}" if isinstance(state, Path) else state,
        "PULUMI_CONFIG_PASSPHRASE": passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_K8S_ENABLE_PATCH_FORCE": str(force_conflicts).lower(),
        "KUBECONFIG": str(kubeconfig.absolute()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
