"""Lets go of the workload here: hold, let what is under way end, carry its state over, pass on from then on.

All of it happens beside the gate, so that a hold lasts no longer than this takes, whatever becomes of who asked.
Argument: JSON of `epoch`, `peer` (host:port of the other gate), `seconds` that a hold may last, `app` (host:port) and
`context` (null, or the paths `export` and `import`). Prints JSON: `seconds` of the hold, `bytes` carried; exit 1 and
`error` when the workload stays here.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from gate.control import GateError, busy, mode, point

_PAUSE = 0.002


def switch(told: dict[str, Any]) -> dict[str, Any]:
    """Return what the hold took; raises GateError or OSError with the workload still here."""
    point(told["peer"])
    began = time.monotonic()
    before = mode()
    if before.name != "local":
        raise GateError(f"the gate is {before.name}, so the workload isn't here")
    mode(f"hold {told['seconds']} local")
    try:
        while busy():
            if time.monotonic() - began > told["seconds"]:
                raise GateError("requests that were under way did not end in time")
            time.sleep(_PAUSE)
        _reach(told, began)
        carried = _carry(told, began) if told["context"] else 0
        found = mode(f"commit {told['epoch']}")
        if found.name != "peer":
            raise GateError(f"the hold ended after {told['seconds']} s, before the state was over there")
    except (GateError, OSError):
        if mode().name == "hold":
            mode(f"local {before.epoch}")
        raise
    return {"seconds": time.monotonic() - began, "bytes": carried}


def _reach(told: dict[str, Any], began: float) -> None:
    """See that the other gate answers from here; raises OSError or GateError."""
    link = _link(told["peer"], max(0.1, told["seconds"] - (time.monotonic() - began)))
    try:
        link.request("GET", "/.well-known/mecctl-gate")
        answer = link.getresponse()
        answer.read()
        _check(answer, "gate")
    except http.client.HTTPException as error:
        raise GateError(f"{told['peer']} isn't a gate: {error!r}") from error
    finally:
        link.close()


def _carry(told: dict[str, Any], began: float) -> int:
    """Send what the workload exports to the other one, through its gate; returns how many bytes."""
    left = max(0.1, told["seconds"] - (time.monotonic() - began))
    here, there = _link(told["app"], left), _link(told["peer"], left)
    try:
        here.request("GET", told["context"]["export"])
        said = here.getresponse()
        state = said.read()
        _check(said, "export")
        marked = {"x-mecctl-epoch": str(told["epoch"]), "x-mecctl-state": "1"}
        there.request("POST", told["context"]["import"], state, marked)
        answer = there.getresponse()
        answer.read()
        _check(answer, "import")
    except http.client.HTTPException as error:
        raise GateError(f"the state can't be carried over: {error!r}") from error
    finally:
        here.close()
        there.close()
    return len(state)


def _link(where: str, seconds: float) -> http.client.HTTPConnection:
    host, _, port = where.rpartition(":")
    return http.client.HTTPConnection(host, int(port), timeout=seconds)


def _check(said: http.client.HTTPResponse, what: str) -> None:
    if not 200 <= said.status < 300:
        raise GateError(f"{what} is answered with {said.status}")


def main() -> int:
    """Return the exit code."""
    try:
        found = switch(json.loads(sys.argv[1]))
    except (GateError, OSError) as error:
        print(json.dumps({"error": str(error)}))  # noqa: T201 - who asked reads it
        return 1
    print(json.dumps(found))  # noqa: T201 - who asked reads it
    return 0


if __name__ == "__main__":
    sys.exit(main())
