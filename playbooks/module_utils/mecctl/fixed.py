"""Settings that a cluster was made with and can't change while it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context, Item

NAME = "fixed.json"


def plan_fixed(declared: dict[str, Any], context: Context) -> Iterator[Item]:
    """Settings by their name in the site file: a value, or `{value, after: [earlier values it may follow]}`.

    Never an item: raises NodeError when one isn't what it was.
    """
    settings = {name: one if isinstance(one, dict) else {"value": one, "after": []} for name, one in declared.items()}
    path = context.store / NAME
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for name, setting in settings.items():
        value = setting["value"]
        if known.get(name, value) not in (value, *setting["after"]):
            raise NodeError(
                f"{name} is {known[name]} in the running cluster and {value} in the site file",
                why="it can't be changed in a running cluster",
                fix=f"set it back to {known[name]}; or take the site down and up again, which loses the cluster's data",
            )
    context.fixed.update({name: setting["value"] for name, setting in settings.items()})
    yield from ()


def remember(context: Context) -> None:
    """Keep the settings of this run, now that the node is a member of a cluster that has them."""
    path = context.store / NAME
    text = json.dumps(context.fixed, sort_keys=True)
    if context.fixed and (not path.exists() or path.read_text() != text):
        atomic.write(path, text.encode(), mode=0o600)
