"""What a program finds around it while it runs: its folder, its modules, and a standard output of its own.

The folder is where its main file is, as with Pulumi's CLI (pulumi/pulumi pkg/engine/project.go, GetPwdMain). What it
prints goes to stderr, for stdout belongs to the command that runs it. All of this is the process's: one at a time.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SDK = "pulumi_kubernetes."
_STDOUT, _STDERR = 1, 2


@contextlib.contextmanager
def surroundings(folder: Path) -> Iterator[None]:
    """Be a program in `folder` in the meantime."""
    with contextlib.chdir(folder), _modules_of(folder), _stdout_as_stderr():
        yield


@contextlib.contextmanager
def _stdout_as_stderr() -> Iterator[None]:
    """Turn stdout into stderr, for Python's print and for the processes that a program starts."""
    sys.stdout.flush()
    kept = os.dup(_STDOUT)
    try:
        os.dup2(_STDERR, _STDOUT)
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)


@contextlib.contextmanager
def _modules_of(folder: Path) -> Iterator[None]:
    """Find modules in `folder` first, and forget them afterwards: the next program may have others of those names."""
    home, before = folder.resolve(), set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        # What isn't of this very type is still to be loaded, which looking into it would do.
        fresh = {name for name in set(sys.modules) - before if type(sys.modules[name]) is ModuleType}
        _uncover(fresh)
        _forget(fresh, home)


def _uncover(names: set[str]) -> None:
    """Give packages of the SDK back the classes that they export, after a program imported a class's own module.

    Both have one name, as `pulumi_kubernetes.apiextensions.CustomResource`, and a package that is loaded late would go
    on with the module that it was given.
    """
    for name in names:
        package, _, own = name.rpartition(".")
        module = sys.modules[name]
        exported = object.__getattribute__(sys.modules[package], "__dict__") if package in sys.modules else {}
        meant = vars(module).get(own)
        if name.startswith(_SDK) and exported.get(own) is module and isinstance(meant, type):
            exported[own] = meant


def _forget(names: set[str], home: Path) -> None:
    """Drop the modules that lie in `home`; the SDK alone brings a thousand, so only their folders are looked up."""
    above = {name: Path(file).parent for name in names if (file := getattr(sys.modules[name], "__file__", None))}
    inside = {folder: folder.resolve().is_relative_to(home) for folder in set(above.values())}
    for name, folder in above.items():
        if inside[folder]:
            del sys.modules[name]
