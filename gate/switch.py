"""Lets go of the workload here: hold, let what is under way end, carry its state over, pass on from then on.

All of it happens beside the gate, so that a hold lasts no longer than this takes, whatever becomes of who asked.
Told are `epoch`, `peer` (host:port of the other gate), `seconds` that a hold may last, `app` (host:port) and `context`:
null, the paths `export` and `import`, or of volumes their `carrier` here (host:port) and the `key` to it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from gate.context import Nothing, context
from gate.control import GateError, busy, mode, point

_PAUSE = 0.002


def switch(told: dict[str, Any]) -> dict[str, Any]:
    """Return `seconds` of the hold, `bytes` carried, and whether the other gate has `taken` it.

    Raises GateError or OSError with the workload still here.
    """
    before = mode()
    if before.name != "local":
        raise GateError(f"the gate is {before.name}, so the workload isn't here")
    point(told["peer"])
    with context(told) as along:
        began = time.monotonic()
        mode(f"hold {told['seconds']} local")
        try:
            carried = _held(told, along, began)
        except (GateError, OSError):
            with suppress(GateError, OSError):  # they go on by themselves when the hold ends
                along.undo()
            if mode().name == "hold":
                mode(f"local {before.epoch}")
            raise
        seconds, taken = time.monotonic() - began, along.take()
        with suppress(GateError, OSError):  # whoever moves it ends them next
            along.settle()
    return {"seconds": seconds, "bytes": carried, "taken": taken}


def _held(told: dict[str, Any], along: Nothing, began: float) -> int:
    """Let go while the gate holds; returns the bytes carried."""

    def left() -> float:
        return float(max(0.1, told["seconds"] - (time.monotonic() - began)))

    while busy():
        if time.monotonic() - began > told["seconds"]:
            raise GateError("requests that were under way did not end in time")
        time.sleep(_PAUSE)
    carried = along.carry(left)
    if mode(f"commit {told['epoch']}").name != "peer":
        raise GateError(f"the hold ended after {told['seconds']} s, before the state was over there")
    return carried
