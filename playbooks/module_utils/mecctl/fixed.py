"""Settings that a cluster was made with and can't change while it runs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context, Item

NAME = "fixed.json"
VERSION = "kubernetes.version"


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
                why=_why(known[name], value) if name == VERSION else "it can't be changed in a running cluster",
                fix=f"set it back to {known[name]}; or take the site down and up again, which loses the cluster's data",
            )
    context.fixed.update({name: setting["value"] for name, setting in settings.items()})
    yield from ()


def _why(known: str, wanted: str) -> str:
    """Say what stands against another version (kubernetes.io/releases/version-skew-policy; K3s: upgrades/manual)."""
    before, after = _numbers(known), _numbers(wanted)
    if after < before:
        return "Kubernetes doesn't go back to an older version"
    skipped = [f"v{after[0]}.{minor}" for minor in range(before[1] + 1, after[1])]
    if skipped:
        return f"it would skip {', '.join(skipped)}, and its parts only work beside those of the minor before"
    return "it can't be changed in a running cluster, whose nodes would run two versions"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))


def remember(context: Context) -> None:
    """Keep the settings of this run, now that the node is a member of a cluster that has them."""
    path = context.store / NAME
    text = json.dumps(context.fixed, sort_keys=True)
    if context.fixed and (not path.exists() or path.read_text() != text):
        atomic.write(path, text.encode(), mode=0o600)
