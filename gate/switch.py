"""Lets go of the workload here: hold, let what is under way end, carry its state over, pass on from then on.

All of it happens beside the gate, so that a hold lasts no longer than this takes, whatever becomes of who asked.
Told are `epoch`, `peer` (host:port of the other gate), `seconds` that a hold may last, `app` (host:port) and `context`:
null, the paths `export` and `import`, or of volumes their `carrier` here (host:port) and the `key` to it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from gate.context import asked, context, linked
from gate.control import GateError, busy, mode, point

_PAUSE, _PATIENCE = 0.002, 2.0


def switch(told: dict[str, Any]) -> dict[str, Any]:
    """Return `seconds` of the hold, `bytes` carried, and whether the other gate has `taken` it.

    Raises GateError or OSError with the workload still here.
    """
    point(told["peer"])
    began, along = time.monotonic(), context(told)
    before = mode()
    if before.name != "local":
        raise GateError(f"the gate is {before.name}, so the workload isn't here")

    def left() -> float:
        return float(max(0.1, told["seconds"] - (time.monotonic() - began)))

    mode(f"hold {told['seconds']} local")
    try:
        while busy():
            if time.monotonic() - began > told["seconds"]:
                raise GateError("requests that were under way did not end in time")
            time.sleep(_PAUSE)
        _tell(told, "GET", left())
        carried = along.carry(left)
        found = mode(f"commit {told['epoch']}")
        if found.name != "peer":
            raise GateError(f"the hold ended after {told['seconds']} s, before the state was over there")
    except (GateError, OSError):
        with suppress(GateError, OSError):  # they go on by themselves when the hold ends
            along.undo()
        if mode().name == "hold":
            mode(f"local {before.epoch}")
        raise
    seconds = time.monotonic() - began
    with suppress(GateError, OSError):  # whoever moves it ends them next
        along.settle()
    return {"seconds": seconds, "bytes": carried, "taken": _taken(told)}


def _taken(told: dict[str, Any]) -> bool:
    """Tell the other gate that it has the workload; where that fails, whoever moves it will."""
    try:
        _tell(told, "POST", _PATIENCE)
    except (GateError, OSError):
        return False
    return True


def _tell(told: dict[str, Any], verb: str, seconds: float) -> None:
    with linked(told["peer"], seconds, f"{told['peer']} isn't a gate") as there:
        asked(there, "gate", verb, "/.well-known/mecctl-gate", None, {"x-mecctl-epoch": str(told["epoch"])})
