"""Services that a node has no use for: they can't be started, neither by hand nor by another unit."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

SHIPPED = Path("/lib/systemd/system")
OWN = Path("/etc/systemd/system")
NAME = "masked.json"


def plan_masked(declared: list[str], context: Context) -> Iterator[Item]:
    """Units by name that are masked where a package brought them; one that the administrator wrote is wanted.

    What was masked before and isn't declared any more is given back; masks of others stay.
    """
    ours = masked(context)
    for name in declared:
        if (SHIPPED / name).exists() and not os.path.lexists(OWN / name):
            yield Item(f"unit {name}", "stop", "isn't needed on a node", partial(_mask, name, context))
    for name in ours:
        if name not in declared:
            yield Item(f"unit {name}", "update", "may run again", partial(unmask, name, context))


def masked(context: Context) -> list[str]:
    """The units that were masked here, from the record."""
    path = context.store / NAME
    known: list[str] = json.loads(path.read_text()) if path.exists() else []
    return known


def unmask(name: str, context: Context) -> None:
    """Give a unit back; it starts when its package would start it, at the next boot."""
    run(["systemctl", "unmask", "--", name])
    _record([one for one in masked(context) if one != name], context)


def _mask(name: str, context: Context) -> None:
    # On record first: what a crash leaves on record and unmasked is masked by the next run.
    _record(sorted({*masked(context), name}), context)
    run(["systemctl", "mask", "--now", "--", name])


def _record(names: list[str], context: Context) -> None:
    context.store.mkdir(parents=True, exist_ok=True)
    atomic.write(context.store / NAME, json.dumps(names).encode(), mode=0o600)
