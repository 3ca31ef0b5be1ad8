"""systemd units: enabled, running, and restarted when what they run on is newer than they are."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

PROPERTIES = "Id,ActiveState,SubState,UnitFileState,InactiveExitTimestamp"
START_LIMIT = 300


def plan_units(declared: list[dict[str, Any]], context: Context) -> Iterator[Item]:
    """Units: `{name, enabled, state: started|stopped|any, restart_on: [path], needs: [path],
    member, stays}`.

    A unit that `needs` paths is left alone until they are there. Whether to restart follows from the node alone: the
    time the unit started against the times of the `restart_on` files, so a crash between write and restart heals. A
    `member` registers the node with its cluster when it starts. One that `stays` is the system's: a reset leaves it.
    """
    known = states([wanted["name"] for wanted in declared])
    for wanted in declared:
        now = known.get(wanted["name"], {})
        needed = wanted.get("needs", [])
        if not all(Path(path).exists() or path in context.touched | context.awaited for path in needed):
            continue
        reasons = _reasons(wanted, now, context)
        if reasons:
            action = "restart" if now.get("ActiveState") == "active" else "run"
            later = next((path for path in needed if path in context.awaited), "")
            yield Item(f"unit {wanted['name']}", action, "; ".join(reasons), partial(_converge, wanted), later=later)


def states(names: list[str]) -> dict[str, dict[str, str]]:
    """What systemd says of each unit."""
    if not names:
        return {}
    shown = run(["systemctl", "show", "--timestamp=us+utc", f"--property={PROPERTIES}", "--", *names], check=False)
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.out.split("\n\n")
    ]
    return {block["Id"]: block for block in blocks if "Id" in block}


def stop(name: str) -> None:
    """Stop and disable a unit; one that isn't there is stopped already."""
    run(["systemctl", "disable", "--now", "--", name], timeout=START_LIMIT, check=False)


def cause(name: str) -> str:
    """The last lines of a unit's journal, which is where a unit that doesn't start says why."""
    shown = run(["journalctl", "--unit", name, "--lines=5", "--output=cat", "--no-pager"], check=False)
    return " | ".join(line for line in shown.out.splitlines() if line.strip())[-800:]


def _reasons(wanted: dict[str, Any], now: dict[str, str], context: Context) -> list[str]:
    reasons = []
    enabled = now.get("UnitFileState") in ("enabled", "static", "generated", "alias", "indirect")
    if wanted.get("enabled", True) and not enabled:
        reasons.append("isn't enabled")
    running = now.get("ActiveState") in ("active", "activating", "reloading") and now.get("SubState") != "auto-restart"
    state = wanted.get("state", "started")
    if state == "started" and not running:
        reasons.append("isn't running")
    elif state == "started":
        if context.cluster and wanted.get("member"):
            reasons.append("the cluster doesn't know this node")
        reasons += [f"{path} is newer" for path in wanted.get("restart_on", []) if _newer(path, now, context)]
    elif state == "stopped" and running:
        reasons.append("is running")
    return reasons


def _newer(name: str, now: dict[str, str], context: Context) -> bool:
    if name in context.touched:
        return True
    path = Path(name)
    started = _moment(now.get("InactiveExitTimestamp", ""))
    return path.exists() and started is not None and path.stat().st_mtime > started


def _moment(text: str) -> float | None:
    try:
        moment = datetime.strptime(text, "%a %Y-%m-%d %H:%M:%S.%f %Z")
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp()


def _converge(wanted: dict[str, Any]) -> None:
    name = wanted["name"]
    run(["systemctl", "daemon-reload"])
    if wanted.get("enabled", True):
        run(["systemctl", "enable", "--", name])
    verb = {"started": "restart", "stopped": "stop"}.get(wanted.get("state", "started"))
    if verb:
        run(["systemctl", "reset-failed", "--", name], check=False)
        act(name, verb)


def act(name: str, verb: str, limit: float = START_LIMIT) -> None:
    """Have systemd `restart` or `stop` a unit within `limit` seconds; raises NodeError with the cause if it fails."""
    ended = run(["systemctl", verb, "--", name], timeout=limit, check=False)
    if ended.code:
        fix = f"on the node: journalctl -u {name}"
        raise NodeError(f"the unit {name} did not {verb}", why=cause(name) or ended.last, fix=fix)
