"""Kernel modules and settings, as the running kernel has them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

SYS = Path("/sys/module")
PROC = Path("/proc/sys")


def plan_modules(declared: list[str], context: Context) -> Iterator[Item]:
    """Modules that must be loaded; one that is compiled in counts as loaded."""
    builtin = _builtin() if declared else set()
    for name in declared:
        if not (SYS / name).is_dir() and name not in builtin:
            context.touched.add(f"module {name}")
            yield Item(f"kernel module {name}", "run", "isn't loaded", partial(run, ["modprobe", "--", name]))


def plan_sysctls(declared: dict[str, object], _context: Context) -> Iterator[Item]:
    """Settings by their dotted name. One that isn't there yet may come with a module that is still to be loaded.

    A minus before the name says, as in sysctl.d(5), that a kernel may lack it.
    """
    for given, value in declared.items():
        name = given.removeprefix("-")
        path = PROC / name.replace(".", "/")
        now = " ".join(path.read_text().split()) if path.exists() else None
        if now is None and given != name:
            continue
        if now != str(value):
            reason = "isn't there yet" if now is None else f"is {now}, not {value}"
            yield Item(f"sysctl {name}", "update", reason, partial(_set, path, name, str(value)))


def _set(path: Path, name: str, value: str) -> None:
    try:
        path.write_text(value)
    except OSError as error:
        raise NodeError(f"the kernel refused {name} = {value}", why=error.strerror or str(error)) from error


def _builtin() -> set[str]:
    release = Path("/proc/sys/kernel/osrelease").read_text().strip()
    listing = Path("/lib/modules") / release / "modules.builtin"
    if not listing.exists():
        return set()
    return {Path(line).stem.replace("-", "_") for line in listing.read_text().splitlines()}
